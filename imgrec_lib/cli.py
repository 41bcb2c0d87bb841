"""The command `imgrec`, the same as `python -m imgrec_lib`: exit 0 for done, 1 where the answer is no, 2 for wrong use.

A command is a function from the parsed options to the exit status, and a few lines in `add_commands`. What it needs it
imports inside itself, so that `imgrec --help` answers at once.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        """Ends the program with status 2."""
        self.exit(2, f"{self.prog}: {message}; `{self.prog} --help` says what it takes.\n")


def doctor(options: argparse.Namespace) -> int:
    """0 if the installation has all that the lessons need, after a row for each thing that was looked at."""
    from imgrec_lib.doctor import examine, print_findings

    findings = examine()
    print_findings(findings, as_json=options.json)
    return 0 if all(finding.state == "ok" for finding in findings) else 1


def list_data(options: argparse.Namespace) -> int:
    """0, after a line for each dataset: its name, whether it is here, and what it holds."""
    from imgrec_lib import datasets

    for information in datasets.available():
        print(information)
    return 0


def get_data(options: argparse.Namespace) -> int:
    """0 if the dataset is now on this machine, after a sentence that says where."""
    from imgrec_lib import datasets

    print(datasets.fetch(options.name))
    return 0


def show_progress(options: argparse.Namespace) -> int:
    """0, after what is done of each lesson, from the record on this machine."""
    from imgrec_lib.exercises import LESSONS, catalogue, record
    from imgrec_lib.exercises.summary import summary

    exercises, guesses = catalogue().values(), record.guesses()
    for lesson in (name.removeprefix("lesson_") for name in LESSONS):
        print(f"Lesson {int(lesson)}: {summary(e for e in exercises if e.name.startswith(lesson))}")
        count = guesses.get(lesson, 0)
        print(f"  {count} guess{'' if count == 1 else 'es'} written down\n")
    print(f"Kept in {record.path()} and nowhere else.")
    return 0


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Adds every command to the parser: its name, its function and its arguments."""
    from imgrec_lib.grading import commands as instructor
    from imgrec_lib.recognising import commands as recogniser
    from imgrec_lib.recognising import export_commands as exporting
    from imgrec_lib.serving import commands as serving

    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    examination = commands.add_parser("doctor", help="see what is installed, what is missing, and what to do about it")
    examination.add_argument("--json", action="store_true", help="print the rows as JSON")
    examination.set_defaults(run=doctor)

    commands.add_parser("progress", help="see which exercises are done").set_defaults(run=show_progress)

    data = commands.add_parser("data", help="list the datasets, or get one that is not here yet")
    actions = data.add_subparsers(metavar="list|get", required=True)
    actions.add_parser("list", help="list the datasets").set_defaults(run=list_data)
    getting = actions.add_parser("get", help="get a dataset, so that lessons find it")
    getting.add_argument("name", metavar="NAME", help="a name that `imgrec data list` shows")
    getting.set_defaults(run=get_data)
    recogniser.add_commands(commands)
    exporting.add_commands(commands)
    serving.add_commands(commands)
    instructor.add_commands(commands)


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status of the command given; what is wrong goes to standard error in one line."""
    parser = Parser(prog="imgrec", description="The command line of the course.")
    add_commands(parser)
    options = parser.parse_args(arguments)
    try:
        status = options.run(options)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # The reader, such as `head`, has had enough; without this Python complains once more as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("imgrec: stopped.", file=sys.stderr)
    except (ValueError, OSError, ImportError) as error:
        print(f"imgrec: {' '.join(str(error).split())}", file=sys.stderr)
    return 1
