"""The command `imgrec`, the same as `python -m imgrec_lib`: exit 0 for done, 1 where the answer is no, 2 for wrong use.

A command is one function that takes the parsed options and returns the exit status, and one entry in `add_commands`.
What it needs it imports inside itself, so that `imgrec --help` answers at once.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

Command = Callable[[argparse.Namespace], int]


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        """Ends the program with status 2."""
        self.exit(2, f"{self.prog}: {message}; `{self.prog} --help` says what it takes.\n")


def doctor(options: argparse.Namespace) -> int:
    """0 if the installation has all that the lessons need, with a row for each thing that was looked at."""
    from imgrec_lib.doctor import examine, print_findings

    findings = examine()
    print_findings(findings, as_json=options.json)
    return 0 if all(finding.state == "ok" for finding in findings) else 1


def data_list(options: argparse.Namespace) -> int:
    """0, after a line for each dataset: its name, whether it is here, and what it holds."""
    from imgrec_lib import datasets

    for information in datasets.available():
        print(information)
    return 0


def data_get(options: argparse.Namespace) -> int:
    """0 if the dataset is now on this machine."""
    from imgrec_lib import datasets

    print(datasets.fetch(options.name))
    return 0


def add_command(
    commands: Any, name: str, help_text: str, run: Command, arguments: dict[str, dict[str, Any]] | None = None
) -> None:
    """Adds one command with its arguments, each a name or an option with what argparse is to know of it."""
    parser = commands.add_parser(name, help=help_text, description=help_text)
    parser.set_defaults(run=run)
    for argument, settings in (arguments or {}).items():
        parser.add_argument(argument, **settings)


def add_commands(commands: Any) -> None:
    """Adds every command; a later one needs its function above and an entry here."""
    as_json = {"action": "store_true", "help": "print the rows as JSON"}
    add_command(commands, "doctor", "Look whether everything is installed, and say what to do if not.", doctor, {"--json": as_json})
    data = commands.add_parser("data", help="List the datasets, or get one that is not here yet.")
    actions = data.add_subparsers(metavar="list|get", required=True)
    add_command(actions, "list", "List the datasets.", data_list)
    add_command(actions, "get", "Get a dataset, so that lessons find it.", data_get, {"name": {"help": "a name that `imgrec data list` shows"}})


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status of the command given; what is wrong goes to standard error in one line."""
    parser = Parser(prog="imgrec", description="The course's command line.")
    add_commands(parser.add_subparsers(metavar="COMMAND", required=True))
    options = parser.parse_args(arguments)
    try:
        return options.run(options)
    except BrokenPipeError:
        # The reader, such as `head`, has had enough; without this Python complains once more as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("imgrec: stopped.", file=sys.stderr)
    except (ValueError, OSError) as error:
        print(f"imgrec: {' '.join(str(error).split())}", file=sys.stderr)
    return 1
