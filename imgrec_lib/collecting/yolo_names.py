"""The names that YOLO's class numbers stand for: in classes.txt, obj.names, or data.yaml."""

import re

from imgrec_lib.collecting.text_files import TextError, read_text
from imgrec_lib.collecting.trees import Tree, suffix
from imgrec_lib.datasets import DatasetError

_FILES = ("classes.txt", "obj.names", "predefined_classes.txt")
_WAY_OUT = "put a classes.txt beside the labels, with the name of a class on each line"


def name_files(tree: Tree) -> list[str]:
    """The files that hold names of classes, the highest first; of two on one level, classes.txt before data.yaml."""
    plain = [name for name in tree.files if name.split("/")[-1].lower() in _FILES or suffix(name) == ".names"]
    yaml = [name for name in tree.with_suffix(".yaml", ".yml") if _names_in_yaml(tree, name)]
    return sorted([*plain, *yaml], key=lambda name: (name.count("/"), name in yaml, name))


def class_names(tree: Tree) -> dict[int, str]:
    """The name of each class number; DatasetError where no file gives names, or two give different ones."""
    files = name_files(tree)
    found = [names for names in (_names(tree, name) for name in files) if names]
    if not found:
        raise DatasetError(f"{tree.root} holds labels of YOLO, but no names of classes; {_WAY_OUT}")
    if any(names != found[0] for names in found[1:]):
        raise DatasetError(
            f"{files[0]} and another of {', '.join(files[:5])} name classes differently; keep one of them"
        )
    return found[0]


def _names(tree: Tree, name: str) -> dict[int, str]:
    if suffix(name) in (".yaml", ".yml"):
        return _names_in_yaml(tree, name)
    try:
        lines = read_text(tree.files[name]).rstrip().splitlines()
    except TextError as error:
        raise DatasetError(f"{name} {error}") from error
    return {number: line.strip() for number, line in enumerate(lines)}


def _names_in_yaml(tree: Tree, name: str) -> dict[int, str]:
    try:
        return names_of_yaml(read_text(tree.files[name]))
    except TextError:
        return {}


def names_of_yaml(text: str) -> dict[int, str]:
    """The names of classes below `names:` in a YAML text: a list or numbered entries, in brackets or line by line."""
    lines = [re.sub(r"(^|\s)#.*", "", line).rstrip() for line in text.splitlines()]
    start = next((place for place, line in enumerate(lines) if re.match(r"names\s*:", line)), None)
    if start is None:
        return {}
    first = lines[start].split(":", 1)[1].strip()
    if first[:1] in ("[", "{"):
        return _entries(_bracketed(" ".join([first, *lines[start + 1 :]])))
    block = []
    for line in lines[start + 1 :]:
        if line and not line.startswith((" ", "\t", "-")):
            break
        if line.strip():
            block.append(line.strip().removeprefix("-").strip() if line.strip().startswith("-") else line.strip())
    return _entries(block)


def _bracketed(text: str) -> list[str]:
    """The entries between brackets; commas within quotation marks divide nothing."""
    inside = re.match(r"""[\[{]((?:"[^"]*"|'[^']*'|[^"'\]}])*)[\]}]""", text)
    pieces = re.findall(r"""(?:"[^"]*"|'[^']*'|[^,"'])+""", inside.group(1)) if inside else []
    return [piece.strip() for piece in pieces if piece.strip()]


def _entries(pieces: list[str]) -> dict[int, str]:
    names = {}
    for place, piece in enumerate(pieces):
        numbered = re.match(r"""["']?(\d{1,6})["']?\s*:\s+(.*)""", piece)
        number, name = (int(numbered.group(1)), numbered.group(2)) if numbered else (place, piece)
        names[number] = name.strip().strip("\"'")
    return names
