"""The commands `imgrec train`, `imgrec evaluate` and `imgrec predict`."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from imgrec_lib.recognising import RUNTIMES

if TYPE_CHECKING:
    import numpy as np

    from imgrec_lib.recogniser import Recogniser
    from imgrec_lib.recognising.answers import Answer


def train(options: argparse.Namespace) -> int:
    """0 when the recogniser and its report are written, after a sentence on how far to trust it."""
    from imgrec_lib.recognising.progress_bar import shown
    from imgrec_lib.recognising.training import train

    try:
        with shown() as report:
            trained = train(
                options.folder,
                options.out,
                from_scratch=options.from_scratch,
                backbone=options.backbone,
                epochs=options.epochs,
                seed=options.seed,
                side=options.side,
                report=report,
            )
    except KeyboardInterrupt:
        sys.stderr.write("imgrec: stopped; the same command goes on from the last epoch.\n")
        return 1
    sentence = trained.scores["sentence"]
    print(f"{sentence[:1].upper()}{sentence[1:]}")
    print(f"{options.out} is the recogniser, and {trained.report_path} the report on it.")
    return 0


def evaluate(options: argparse.Namespace) -> int:
    """0 when something was measured, after a table of it."""
    from imgrec_lib.collecting import print_problems
    from imgrec_lib.recogniser import Recogniser
    from imgrec_lib.recognising.evaluating import evaluate
    from imgrec_lib.recognising.progress_bar import shown

    recogniser = Recogniser.open(options.file)
    with shown() as report:
        found = evaluate(recogniser, options.folder, report)
    print_problems(found.problems)
    print("\n".join(found.lines()))
    return 0


def predict(options: argparse.Namespace) -> int:
    """0 if every photograph was answered, after a table or a JSON list of the answers; 1 if one could not be read."""
    from imgrec_lib import images
    from imgrec_lib.recogniser import Recogniser

    recogniser = Recogniser.open(options.file)
    side, pictures, names = recogniser.description.side, [], []
    for photo in options.photos:
        try:
            pictures.append(images.load(photo, side))
            names.append(photo)
        except images.ImageError as error:
            print(f"imgrec: {' '.join(str(error).split())}", file=sys.stderr)
    answers = _answers(recogniser, pictures, names, options.runtime) if pictures else []
    _print_json(answers) if options.json else _print_table(answers)
    return 0 if len(pictures) == len(options.photos) else 1


def _answers(
    recogniser: "Recogniser", pictures: list["np.ndarray"], names: list[str], runtime: str | None
) -> list["Answer"]:
    """The answers to uint8 pictures, each side × side × 3, under the names that they were given by."""
    import dataclasses

    answers = recogniser.predict(pictures, runtime=runtime)
    return [dataclasses.replace(answer, photograph=name) for answer, name in zip(answers, names, strict=True)]


def _print_json(answers: list["Answer"]) -> None:
    import json

    rows = [one.as_json() for one in answers]
    # Letters of other alphabets as they are, but no lone surrogate of a broken file name.
    text = json.dumps(rows, ensure_ascii=False, indent=2)
    print(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def _print_table(answers: list["Answer"]) -> None:
    from imgrec_lib.grading.report.cleaning import clean_name

    rows = [(clean_name(one.photograph), one.label, _likeliest(one)) for one in answers]
    widths = [max((len(row[place]) for row in rows), default=0) for place in range(2)]
    for row in rows:
        print(f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]}")


def _likeliest(answer: "Answer") -> str:
    """The three largest probabilities in words."""
    order = sorted(answer.probabilities.items(), key=lambda pair: -pair[1])[:3]
    return ", ".join(f"{name} {share:.2f}" for name, share in order)


def _whole(text: str) -> int:
    if not text.isdecimal() or not int(text) < 2**31:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 0 up")
    return int(text)


def add_commands(commands: "argparse._SubParsersAction") -> None:
    """Adds the commands that make, measure and ask a recogniser."""
    training = commands.add_parser("train", help="train a recogniser on your photographs")
    sources = "a folder of class folders or with labels, or a list: see docs/recogniser.md"
    training.add_argument("folder", metavar="FOLDER", help=sources)
    training.add_argument("--out", metavar="FILE", type=Path, required=True, help="the recogniser, such as pets.imgrec")
    training.add_argument("--from-scratch", action="store_true", help="the network of lesson 3, from nothing")
    training.add_argument("--backbone", metavar="NAME", help="one of keras.applications, such as MobileNetV2")
    training.add_argument("--epochs", metavar="N", type=_whole, help="epochs at most")
    training.add_argument("--seed", metavar="N", type=_whole, default=0, help="another split, another chance (0)")
    training.add_argument("--side", metavar="N", type=_whole, help="pixels on a side of what it sees")
    training.set_defaults(run=train)

    evaluating = commands.add_parser("evaluate", help="measure a recogniser on other photographs")
    evaluating.add_argument("file", metavar="FILE", type=Path)
    evaluating.add_argument("folder", metavar="FOLDER")
    evaluating.set_defaults(run=evaluate)

    predicting = commands.add_parser("predict", help="ask a recogniser what is on photographs")
    predicting.add_argument("file", metavar="FILE", type=Path)
    predicting.add_argument("photos", metavar="PHOTO", nargs="+", help="files or http(s) addresses")
    predicting.add_argument("--json", action="store_true", help="print the answers as JSON")
    predicting.add_argument("--runtime", choices=RUNTIMES, help="what runs the network (what answers soonest)")
    predicting.set_defaults(run=predict)
