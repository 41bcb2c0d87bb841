"""Near-duplicates are found whatever was done to the picture, and different pictures are told apart."""

import numpy as np
import pytest
from collecting_sources import jpeg, kinds, pieces, write
from PIL import Image

from imgrec_lib import collecting, images
from imgrec_lib.collecting import near_duplicates

SIDE = 96


def resized(image, share):
    height, width = (round(side * share) for side in image.shape[:2])
    return np.array(Image.fromarray(image).resize((width, height), Image.Resampling.LANCZOS))


def brightened(image, factor, more):
    return np.clip(image * float(factor) + more, 0, 255).astype("uint8")


def cropped(image, share, place):
    height, width = (round(side * share) for side in image.shape[:2])
    top, left = (round(free * place) for free in (image.shape[0] - height, image.shape[1] - width))
    return image[top : top + height, left : left + width]


CHANGES = {
    "saved again": lambda image: images.load(jpeg(image, 40)),
    "half as large": lambda image: resized(image, 0.5),
    "larger": lambda image: resized(image, 1.7),
    "brighter": lambda image: brightened(image, 1.1, 20),
    "darker": lambda image: brightened(image, 0.7, 0),
    "mirrored": lambda image: image[:, ::-1],
    "cropped at one corner": lambda image: cropped(image, 0.92, 0),
    "cropped around": lambda image: cropped(image, 0.9, 0.5),
    "grey": lambda image: np.repeat(image.mean(axis=2, keepdims=True).astype("uint8"), 3, axis=2),
    "all of it": lambda image: images.load(jpeg(brightened(cropped(image, 0.94, 0.8), 0.9, 15)[:, ::-1].copy(), 60)),
}


def squares(some):
    return np.stack([images.load(np.ascontiguousarray(image), SIDE) for image in some])


def groups(stacked):
    return near_duplicates.groups_of(stacked, [str(place) for place in range(len(stacked))])


@pytest.fixture(scope="module")
def originals():
    return pieces(60, 128)


def test_different_photographs_are_alone(originals):
    assert groups(squares(originals)).tolist() == list(range(60))


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_joins_its_original(originals, change):
    both = np.concatenate([squares(originals), squares([CHANGES[change](image) for image in originals])])
    found = groups(both)
    assert found.dtype == np.int64 and len(set(found[:60].tolist())) == 60
    assert (found[:60] == found[60:]).sum() >= (54 if change == "all of it" else 58)


def test_copies_of_copies_are_one_group(originals):
    chain = [originals[0]]
    for change in ("mirrored", "cropped at one corner", "darker", "saved again"):
        chain.append(np.ascontiguousarray(CHANGES[change](chain[-1])))
    assert groups(squares([originals[1], *chain, originals[2]])).tolist() == [0, 1, 1, 1, 1, 1, 6]


def test_pictures_of_one_colour_are_alike_by_their_pixels_only():
    flat = np.stack([np.full((SIDE, SIDE, 3), value, "uint8") for value in (0, 0, 9, 255)])
    assert near_duplicates.groups_of(flat, ["a", "a", "b", "c"]).tolist() == [0, 0, 2, 3]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_pictures_are_no_special_case(originals, count):
    assert groups(squares(originals[:2])[:count]).tolist() == list(range(count))


def test_noise_is_not_taken_for_copies():
    noise = np.random.default_rng(0).integers(0, 256, (200, SIDE, SIDE, 3), "uint8")
    assert groups(noise).tolist() == list(range(200))


def test_faint_shades_are_not_taken_for_copies():
    shades = [np.linspace(low, low + step, SIDE) for low, step in ((100, 5), (200, 4), (40, 6))]
    stacked = np.stack([np.broadcast_to(shade[:, None, None], (SIDE, SIDE, 3)) for shade in shades]).astype("uint8")
    assert groups(stacked).tolist() == [0, 1, 2]


def test_many_frames_of_one_scene_are_one_group_without_a_look_at_every_pair(originals, monkeypatch):
    asked = []
    apart = near_duplicates._apart
    monkeypatch.setattr(near_duplicates, "_apart", lambda *pair: asked.append(pair) or apart(*pair))
    generator = np.random.default_rng(0)
    frame = squares(originals[:1])[0].astype("int16")
    frames = np.clip(frame + generator.integers(-6, 7, (400, SIDE, SIDE, 1), "int16"), 0, 255).astype("uint8")
    assert set(groups(frames).tolist()) == {0}
    assert len(asked) <= 400 * 20


def test_copies_in_a_folder_are_listed_and_stay_in_one_part(tmp_path):
    some = pieces(24, 128)
    for number, image in enumerate(some):
        write(tmp_path / ("cat" if number < 12 else "dog") / f"{number}.jpg", image)
    for number, change in enumerate(CHANGES):
        write(tmp_path / "cat" / f"copy{number}.jpg", np.ascontiguousarray(CHANGES[change](some[number + 1])))
    write(tmp_path / "cat" / "same.jpg", (tmp_path / "cat" / "0.jpg").read_bytes())
    found = collecting.gather(tmp_path)
    assert len(kinds(found.problems)["near-duplicate"]) == 11
    for seed in range(10):
        places = collecting.split(found, seed)
        together = [set(found.groups[places[name]].tolist()) for name in places]
        assert sum(map(len, together)) == len(set(found.groups.tolist())) == 24


def test_a_copy_in_another_class_is_listed_with_both_classes(tmp_path):
    for number, image in enumerate(pieces(24, 128)):
        write(tmp_path / ("cat" if number < 12 else "dog") / f"{number}.jpg", image)
    write(tmp_path / "dog" / "copy.jpg", jpeg(pieces(1, 128)[0], 50))
    found = collecting.gather(tmp_path)
    (problem,) = found.problems
    assert problem.kind == "near-duplicate" and "one is dog, the other cat" in problem.sentence
