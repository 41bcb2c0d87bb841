"""The command `imgrec export`."""

import argparse
from pathlib import Path


def export(options: argparse.Namespace) -> int:
    """0 when the models are written, after a line for each with its size and what int8 costs."""
    from imgrec_lib.collecting import print_problems
    from imgrec_lib.recogniser import Recogniser
    from imgrec_lib.recognising.exporting import SUFFIXES, checked_out, export
    from imgrec_lib.recognising.progress_bar import shown

    out = checked_out(options.to, options.out or options.file.with_suffix(SUFFIXES[options.to]))
    recogniser = Recogniser.open(options.file)
    with shown() as report:
        found = export(recogniser, options.to, out, photos=options.photos, float_only=options.float_only, report=report)
    if found.problems:
        print_problems(found.problems)
    print("\n".join(found.lines()))
    return 0


def add_commands(commands: "argparse._SubParsersAction") -> None:
    """Adds the command that writes a recogniser for other programs."""
    exporting = commands.add_parser("export", help="write a recogniser as a model for a phone or another program")
    exporting.add_argument("file", metavar="FILE", type=Path)
    exporting.add_argument("--to", choices=("onnx", "litert"), required=True, help="ONNX, or LiteRT for phones")
    exporting.add_argument("--out", metavar="PATH", type=Path, help="FILE.onnx or FILE.tflite unless given")
    exporting.add_argument("--photos", metavar="FOLDER", help="photographs to measure accuracy on")
    exporting.add_argument("--float-only", action="store_true", help="leave out the int8 model")
    exporting.set_defaults(run=export)
