"""Objects labelled in the XML files of Pascal VOC, as LabelImg and CVAT write them (Everingham et al. 2010)."""

import posixpath
import xml.etree.ElementTree as ElementTree

from imgrec_lib.collecting.list_rows import RowError, numbers
from imgrec_lib.collecting.records import Listing, shortened
from imgrec_lib.collecting.text_files import LARGEST_LABEL_FILE, TextError, read_bytes, read_text
from imgrec_lib.collecting.trees import Tree, stem
from imgrec_lib.datasets.places import PART_NAMES

_PICTURE_FOLDERS = ("JPEGImages", "images", "Images", "photos")


def label_files(tree: Tree) -> list[str]:
    """The XML files that label objects, or were meant to: those below Annotations, or with an annotation in them."""
    found = []
    for name in tree.with_suffix(".xml"):
        if "annotations" in name.lower().split("/")[:-1]:
            found.append(name)
            continue
        try:
            if b"<annotation" in read_bytes(tree.files[name], LARGEST_LABEL_FILE)[:4096]:
                found.append(name)
        except TextError:
            continue
    return found


def read(tree: Tree, listing: Listing) -> None:
    """Add each object of each XML file as a photograph of its class, cut out by its box."""
    parts, used = _parts(tree, listing), set()
    for name in label_files(tree):
        try:
            annotation = _parsed(tree, name)
            picture = _picture(tree, name, annotation)
        except (TextError, RowError) as error:
            listing.wrong(name, getattr(error, "kind", "list"), f"{name} {error}.")
            continue
        used.add(picture)
        part = parts.get(stem(name)) or _part_of_place(picture)
        _add_objects(tree, listing, name, annotation, picture, part)
    tree.report_unlabelled(listing, used, "draw and name its objects")


def _parsed(tree: Tree, name: str) -> ElementTree.Element:
    data = read_bytes(tree.files[name], LARGEST_LABEL_FILE)
    # Without their NULs, texts in UTF-16 show their declarations too.
    plain = data.replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise TextError("declares a document type or entities, which are not read; remove the declaration")
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise TextError(f"is not XML: line {error.position[0]} is wrong; save the labels again") from error
    except (LookupError, ValueError) as error:
        raise TextError("is in an unknown encoding; save it as UTF-8") from error
    if root.tag != "annotation":
        raise TextError(f"holds <{shortened(str(root.tag))}> instead of an <annotation>; save the labels again")
    return root


def _picture(tree: Tree, name: str, annotation: ElementTree.Element) -> str:
    """The name of the picture that an XML file labels: the stated one near it, else the one with the same stem."""
    folder = posixpath.dirname(name)
    stated = (annotation.findtext("filename") or "").strip().replace("\\", "/")
    last = posixpath.basename(stated)
    bases = [folder, *(posixpath.join(posixpath.dirname(folder), other) for other in _PICTURE_FOLDERS)]
    for base in bases:
        for place in (stated, last):
            if place and (near := posixpath.normpath(posixpath.join(base, place))) in tree.pictures:
                return near
    for same in (tree.pictures_by_last_part.get(last, []), tree.pictures_by_stem.get(stem(name), [])):
        if len(same) == 1:
            return same[0]
    raise RowError("no picture", f"labels {shortened(last or stem(name))}, which is not there; check its name")


def _add_objects(
    tree: Tree, listing: Listing, name: str, annotation: ElementTree.Element, picture: str, part: str
) -> None:
    objects = annotation.findall("object")
    if not objects:
        listing.wrong(picture, "no label", f"{picture} has no object in {name}; draw and name one.")
    size = _size(annotation)
    for number, one in enumerate(objects, 1):
        where = f"Object {number} of {name}"
        try:
            box = numbers([one.findtext(f"bndbox/{side}") for side in ("xmin", "ymin", "xmax", "ymax")])
        except RowError as error:
            listing.wrong(name, error.kind, f"{where} {error}.")
            continue
        shown = f"{picture} #{number}" if len(objects) > 1 else picture
        label = one.findtext("name") or ""
        listing.add(tree.files[picture], shown, label, where, part=part, box=box, stated_size=size)


def _size(annotation: ElementTree.Element) -> tuple[int, int] | None:
    try:
        height, width = (int(annotation.findtext(f"size/{side}") or "") for side in ("height", "width"))
    except ValueError:
        return None
    return (height, width) if height > 0 and width > 0 else None


def _parts(tree: Tree, listing: Listing) -> dict[str, str]:
    """The part of each picture, by its stem in small letters, that the lists in ImageSets/Main lay down."""
    parts = {}
    for name in tree.with_suffix(".txt"):
        if "imagesets" not in name.lower().split("/") or stem(name) not in PART_NAMES:
            continue
        try:
            lines = read_text(tree.files[name]).splitlines()
        except TextError as error:
            listing.wrong(name, "list", f"{name} {error}.")
            continue
        parts |= {posixpath.basename(line.split()[0]).lower(): PART_NAMES[stem(name)] for line in lines if line.split()}
    return parts


def _part_of_place(picture: str) -> str:
    return next((PART_NAMES[piece] for piece in picture.lower().split("/")[:-1] if piece in PART_NAMES), "")
