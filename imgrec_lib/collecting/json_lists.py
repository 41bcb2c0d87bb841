"""Lists in JSON: objects with a photograph and its class, a dict from file to class, or images with annotations."""

import json
import posixpath
from typing import Any

from imgrec_lib.collecting.list_rows import RowError, Rows, columns, numbers
from imgrec_lib.collecting.records import Listing, shortened
from imgrec_lib.collecting.text_files import LARGEST_LIST, TextError, read_text
from imgrec_lib.collecting.trees import Tree
from imgrec_lib.datasets import DatasetError

_EXPECTED = 'write a list such as [{"photo": "a.jpg", "label": "cat"}], or {"a.jpg": "cat"}'


def fits(tree: Tree, name: str) -> bool:
    """Whether a JSON file of the tree is a list of photographs."""
    try:
        content = _content(tree, name)
    except DatasetError:
        return False
    if isinstance(content, list):
        return any(isinstance(row, dict) and {"photo", "label"} <= set(columns(list(row))) for row in content[:10])
    return isinstance(content, dict) and (_is_coco(content) or _is_mapping(content, tree, posixpath.dirname(name)))


def read(tree: Tree, listing: Listing, name: str, part: str = "") -> set[str]:
    """Add the entries of a JSON list, and give the names of the pictures that they use; `part` where one has none."""
    content = _content(tree, name)
    rows = Rows(tree, listing, posixpath.dirname(name), name)
    if isinstance(content, list):
        for number, entry in enumerate(content, 1):
            _add_object(rows, f"entry {number}", entry, part)
    elif isinstance(content, dict) and _is_coco(content):
        _add_coco(rows, content, part)
    elif isinstance(content, dict) and content:
        for number, (photo, label) in enumerate(content.items(), 1):
            rows.add(f"entry {number}", {"photo": photo, "label": label, "part": part})
    else:
        raise DatasetError(f"the list {name} holds no photographs; {_EXPECTED}")
    return rows.used


def _content(tree: Tree, name: str) -> Any:
    try:
        return json.loads(read_text(tree.files[name], LARGEST_LIST))
    except TextError as error:
        raise DatasetError(f"the list {name} {error}") from error
    except json.JSONDecodeError as error:
        raise DatasetError(f"the list {name} is not JSON: line {error.lineno} is wrong; {_EXPECTED}") from error
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"the list {name} is nested too deeply or holds too long a number; {_EXPECTED}") from error


def _is_coco(content: dict) -> bool:
    return all(isinstance(content.get(key), list) for key in ("images", "annotations", "categories"))


def _is_mapping(content: dict, tree: Tree, folder: str) -> bool:
    some = [name for name, label in list(content.items())[:10] if isinstance(label, str)]
    return any(posixpath.normpath(posixpath.join(folder, name)) in tree.files for name in some)


def _add_object(rows: Rows, where: str, entry: Any, part: str) -> None:
    if not isinstance(entry, dict):
        rows.wrong(where, "list", f"is no object; {_EXPECTED}")
        return
    keys = list(entry)
    row = {kind: entry[keys[place]] for kind, place in columns(keys).items()}
    try:
        if entry.get("box") is not None:
            row["box"] = numbers(_as_list(entry["box"]))
        elif entry.get("bbox") is not None:
            row["box"] = _corners(entry["bbox"])
    except RowError as error:
        rows.wrong(where, error.kind, str(error))
        return
    rows.add(where, {**row, "part": row.get("part") or part})


def _as_list(value: Any) -> list:
    return value if isinstance(value, list) else [value]


def _corners(box: Any) -> tuple[float, float, float, float]:
    """Corners of a box that is written as COCO does: left, top, width, height (Lin et al. 2014)."""
    left, top, width, height = numbers(_as_list(box))
    return left, top, left + width, top + height


def _add_coco(rows: Rows, content: dict, part: str) -> None:
    images, names = _by_id(content["images"]), _by_id(content["categories"])
    labelled = set()
    for number, entry in enumerate(content["annotations"], 1):
        where = f"annotation {number}"
        if not isinstance(entry, dict) or _key(entry.get("image_id")) not in images:
            rows.wrong(where, "no picture", "belongs to no image of the list; remove it")
        elif _key(entry.get("category_id")) not in names:
            rows.wrong(where, "list", f"has the unknown category {shortened(str(entry.get('category_id')))}; name it")
        else:
            labelled.add(_key(entry["image_id"]))
            _add_annotation(rows, where, entry, images[_key(entry["image_id"])], names, part)
    for key, image in images.items():
        if key not in labelled:
            _report_unlabelled(rows, str(image.get("file_name", key)))


def _add_annotation(rows: Rows, where: str, entry: dict, image: dict, names: dict, part: str) -> None:
    label = names[_key(entry["category_id"])].get("name")
    row = {"photo": image.get("file_name"), "label": label, "part": part, "stated_size": _size(image)}
    try:
        row["box"] = _corners(entry["bbox"]) if entry.get("bbox") else None
    except RowError as error:
        rows.wrong(where, error.kind, str(error))
        return
    rows.add(where, row)


def _report_unlabelled(rows: Rows, photo: str) -> None:
    name = posixpath.normpath(posixpath.join(rows.folder, photo))
    rows.used.add(name)
    rows.listing.wrong(name, "no label", f"{shortened(photo)} has no annotation in {rows.list_name}; add one.")


def _by_id(entries: list) -> dict[str, dict]:
    return {_key(entry["id"]): entry for entry in entries if isinstance(entry, dict) and "id" in entry}


def _key(value: Any) -> str:
    return f"{type(value).__name__} {value}" if isinstance(value, int | str) else ""


def _size(image: dict) -> tuple[int, int] | None:
    height, width = image.get("height"), image.get("width")
    return (height, width) if isinstance(height, int) and isinstance(width, int) and min(height, width) > 0 else None
