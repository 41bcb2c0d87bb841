"""The split keeps shares, classes, groups and the parts that a source lays down."""

import numpy as np
import pytest

from imgrec_lib import collecting, datasets


def collection(labels, groups=None, parts=None):
    count = len(labels)
    labels = np.array(labels, "int64")
    return collecting.Collection(
        name="made", class_names=[f"class {n}" for n in range(labels.max() + 1)], labels=labels,
        images=np.zeros((count, 8, 8, 3), "uint8"), groups=np.arange(count) if groups is None else np.array(groups),
        parts=parts or [""] * count, names=[f"{n}.jpg" for n in range(count)], sizes=np.full((count, 2), 8),
        digests=["0"] * count, problems=[], side=8,
    )  # fmt: skip


def places_of(found):
    return sorted(int(place) for part in found.values() for place in part)


@pytest.mark.parametrize("counts", [(100, 100), (3, 7), (41, 200, 13)])
def test_each_class_is_split_70_15_15_and_no_photograph_is_lost(counts):
    made = collection(np.repeat(np.arange(len(counts)), counts))
    found = collecting.split(made, seed=4)
    assert list(found) == ["train", "validation", "test"] and places_of(found) == list(range(len(made)))
    for label, count in enumerate(counts):
        in_part = [int((made.labels[found[name]] == label).sum()) for name in ("validation", "test")]
        assert in_part == [max(1, round(0.15 * count))] * 2


def test_the_same_seed_gives_the_same_split_and_another_one_another():
    made = collection([0, 1] * 50)
    first, again, other = (collecting.split(made, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert set(first["test"].tolist()) != set(other["test"].tolist())


@pytest.mark.parametrize("seed", range(20))
def test_a_group_never_sits_in_two_parts(seed):
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 3, 200)
    made = collection(labels, generator.integers(0, 60, 200))
    found = collecting.split(made, seed)
    assert places_of(found) == list(range(200))
    groups = [set(made.groups[found[name]].tolist()) for name in found]
    assert not (groups[0] & groups[1] or groups[0] & groups[2] or groups[1] & groups[2])
    for name in ("validation", "test"):
        assert 20 <= len(found[name]) <= 40 and len(set(labels[found[name]].tolist())) == 3


def test_large_groups_leave_no_part_empty():
    found = collecting.split(collection([0] * 30 + [1] * 30, np.repeat(np.arange(6), 10)))
    assert [len(part) for part in found.values()] == [20, 20, 20]


def test_a_class_of_fewer_than_three_groups_cannot_be_split():
    with pytest.raises(datasets.DatasetError, match="'class 1' has 2 different photographs"):
        collecting.split(collection([0] * 5 + [1] * 4, [0, 1, 2, 3, 4, 5, 5, 6, 6]))


def test_laid_down_parts_are_kept_to_the_last_photograph():
    parts = ["train"] * 60 + ["validation"] * 20 + ["test"] * 20
    found = collecting.split(collection([0, 1] * 50, parts=parts))
    assert [sorted(found[name].tolist()) for name in found] == [[*range(60)], [*range(60, 80)], [*range(80, 100)]]


@pytest.mark.parametrize(("given", "missing"), [("test", "validation"), ("validation", "test")])
def test_a_missing_part_is_held_out_of_train(given, missing):
    parts = ["train"] * 80 + [given] * 20
    found = collecting.split(collection([0, 1] * 50, parts=parts))
    assert sorted(found[given].tolist()) == list(range(80, 100))
    assert len(found[missing]) == 2 * round(0.175 * 40) and places_of(found) == list(range(100))


def test_train_alone_is_split_in_three():
    found = collecting.split(collection([0, 1] * 50, parts=["train"] * 100))
    assert [len(part) for part in found.values()] == [68, 16, 16]


def test_photographs_whose_part_is_not_laid_down_are_trained_with():
    parts = ["", "train"] * 40 + ["test"] * 20
    found = collecting.split(collection([0, 0, 1, 1] * 25, parts=parts))
    assert sorted(found["test"].tolist()) == list(range(80, 100)) and places_of(found) == list(range(100))


def test_copies_across_laid_down_parts_are_used_in_the_part_to_measure_with():
    parts = ["train"] * 60 + ["validation"] * 20 + ["test"] * 20
    groups = np.arange(100)
    groups[[0, 80]] = 0  # train and test
    groups[[1, 60]] = 1  # train and validation
    groups[[61, 81]] = 61  # validation and test
    groups[[2, 62, 82]] = 2  # all three
    found = collecting.split(collection([0, 1] * 50, groups, parts))
    assert sorted(set(range(100)) - set(places_of(found))) == [0, 1, 2, 61, 62]
    assert sorted(found["test"].tolist()) == list(range(80, 100))
