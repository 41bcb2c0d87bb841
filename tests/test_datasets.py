"""The embedded data is whole and documented, and `datasets.load` gives what it promises or says what is wrong."""

import importlib
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imgrec_lib import datasets
from imgrec_lib.datasets import embedded, fetched, materials, parts

catalogue = importlib.import_module("imgrec_lib.datasets.catalogue")
FREE_LICENCES = ("CC0", "public domain", "CC BY 2.0", "no known copyright restrictions")


def contents(split: datasets.Split) -> set[bytes]:
    return {image.tobytes() for image in split.images}


def three(dataset: datasets.Dataset) -> tuple[datasets.Split, ...]:
    return dataset.train, dataset.validation, dataset.test


def picture(path: Path, colour: int = 0, size: tuple[int, int] = (12, 10)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (colour % 256, colour // 256, 7)).save(path)


@pytest.fixture
def class_folders(tmp_path: Path) -> Path:
    for number in range(40):
        picture(tmp_path / "own" / ("cup" if number % 2 else "cat") / f"{number:02}.png", number)
    return tmp_path / "own"


@pytest.fixture(scope="module")
def fashion() -> datasets.Dataset:
    return datasets.load("fashion_mnist")


# The embedded files.


@pytest.mark.parametrize("name", sorted(embedded.checksums()))
def test_every_embedded_file_has_its_checksum(name):
    assert len(embedded.read(name)) > 0


def test_every_embedded_data_file_is_in_the_list_of_checksums():
    text = {".md", ".py", ".pyc"}
    there = {
        path.relative_to(embedded.ROOT).as_posix()
        for path in embedded.ROOT.rglob("*")
        if path.is_file() and path.suffix not in text and not path.name.startswith((".", "LICENSE"))
    }
    assert there - {"checksums.txt"} == set(embedded.checksums())


@pytest.mark.parametrize("folder", ["fashion_mnist", "photographs", "weights"])
def test_every_set_has_a_card_that_states_origin_licence_and_faults(folder):
    card = (embedded.ROOT / folder / "README.md").read_text(encoding="utf-8")
    assert all(f"## {heading}" in card for heading in ("Origin", "Licence", "Known to be wrong"))


def test_every_photograph_has_one_row_with_a_free_licence_in_the_card():
    card = (embedded.ROOT / "photographs" / "README.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip(" `"): line for line in card.splitlines() if line.startswith("| `")}
    assert set(rows) == {datasets.photograph_path(name).name for name in datasets.PHOTOGRAPHS}
    assert all(any(licence in row for licence in FREE_LICENCES) for row in rows.values())


@pytest.fixture
def damaged_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(embedded.ROOT / "checksums.txt", tmp_path)
    (tmp_path / "photographs").mkdir()
    monkeypatch.setattr(embedded, "ROOT", tmp_path)
    return tmp_path / "photographs" / "cat.png"


def test_one_changed_bit_is_told_as_damage(damaged_root):
    content = bytearray((Path(datasets.__file__).parents[2] / "datasets/photographs/cat.png").read_bytes())
    content[1000] ^= 1
    damaged_root.write_bytes(content)
    with pytest.raises(datasets.DatasetError, match=r"cat.png is damaged.*git checkout"):
        datasets.photograph("cat")


def test_a_git_lfs_pointer_is_told_as_such(damaged_root):
    damaged_root.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 240512\n")
    with pytest.raises(datasets.DatasetError, match="git lfs pull"):
        datasets.photograph("cat")


def test_a_missing_file_is_told_with_its_name(damaged_root):
    with pytest.raises(datasets.DatasetError, match="datasets/photographs/cat.png is missing"):
        datasets.photograph("cat")


# Fashion-MNIST.


def test_fashion_mnist_has_49500_10500_and_10000_grey_images(fashion):
    assert [part.images.shape for part in three(fashion)] == [(n, 28, 28, 1) for n in (49_500, 10_500, 10_000)]
    assert {part.images.dtype.name for part in three(fashion)} == {"uint8"}
    assert {part.labels.dtype.name for part in three(fashion)} == {"int64"}


def test_fashion_mnist_has_as_many_pictures_of_each_class_in_each_part(fashion):
    assert [set(np.bincount(part.labels)) for part in three(fashion)] == [{4_950}, {1_050}, {1_000}]


def test_fashion_mnist_test_part_is_the_published_one_in_order(fashion):
    assert fashion.test.labels[:10].tolist() == [9, 2, 1, 1, 6, 1, 4, 6, 5, 7]


def test_fashion_mnist_parts_hold_every_published_training_picture_once(fashion):
    published = embedded._idx("train-images-idx3")
    together = np.concatenate([fashion.train.images, fashion.validation.images])[..., 0]
    order, again = (np.sort(images.reshape(60_000, -1).sum(axis=1)) for images in (published, together))
    assert np.array_equal(order, again)
    assert len(contents(fashion.train) | contents(fashion.validation)) == len({image.tobytes() for image in published})


# Materials.


@pytest.fixture(scope="module")
def patches() -> datasets.Dataset:
    return datasets.load("materials")


def test_materials_have_20_30_and_50_patches_of_each_class(patches):
    assert [np.bincount(part.labels).tolist() for part in three(patches)] == [[20] * 10, [30] * 10, [50] * 10]
    assert patches.train.images.shape == (200, 48, 48, 1)


def test_brightness_and_contrast_of_a_material_tell_nothing(patches):
    means = [part.images.mean(axis=(1, 2, 3)) for part in three(patches)]
    deviations = [part.images.std(axis=(1, 2, 3)) for part in three(patches)]
    train, test = (np.stack([means[part], deviations[part]], axis=1) for part in (0, 2))
    centres = np.stack([train[patches.train.labels == label].mean(axis=0) for label in range(10)])
    guesses = np.abs((test[:, None] - centres) / train.std(axis=0)).sum(axis=2).argmin(axis=1)
    assert np.ptp(np.concatenate(means)) < 1.5 and np.ptp(np.concatenate(deviations)) < 1.5
    assert np.mean(guesses == patches.test.labels) < 0.3


def test_the_regions_of_train_validation_and_test_patches_do_not_touch():
    image = np.arange(300 * 451, dtype=float).reshape(300, 451)
    regions = materials._regions(image)
    places = {name: np.stack(np.divmod(region.ravel().astype(int), 451)) for name, region in regions.items()}
    assert places["train"][1].max() + materials.GAP <= min(places[name][1].min() for name in ("validation", "test"))
    assert places["validation"][0].max() + materials.GAP <= places["test"][0].min()


def test_the_seed_of_materials_changes_the_training_patches_only(patches):
    other = datasets.load("materials", seed=1)
    assert not np.array_equal(other.train.images, patches.train.images)
    assert np.array_equal(other.test.images, patches.test.images)


def test_more_patches_of_a_class_hold_the_fewer_ones():
    few, many = (datasets.photograph_patches("cat", count=count) for count in (5, 12))
    assert np.array_equal(many[:5], few)


@pytest.mark.parametrize("options", [{"size": 500}, {"size": 0}, {"per_class": 0}, {"colour": True}])
def test_impossible_options_of_materials_are_refused(options):
    with pytest.raises(datasets.DatasetError):
        datasets.load("materials", **options)


# Splitting.


@pytest.mark.parametrize("counts", [(100, 100), (3, 7), (41, 200, 13)])
def test_split_takes_each_picture_once_and_about_15_percent_of_each_class(counts):
    labels = np.repeat(np.arange(len(counts)), counts)
    images = np.arange(len(labels), dtype="uint16").view("uint8").reshape(-1, 1, 1, 2)
    train, validation, test = datasets.split(images, labels, seed=4)
    assert sorted(image.tobytes() for part in (train, validation, test) for image in part.images) == sorted(
        image.tobytes() for image in images
    )
    for label, count in enumerate(counts):
        assert [np.sum(part.labels == label) for part in (validation, test)] == [max(1, round(count * 0.15))] * 2


def test_split_is_the_same_for_the_same_seed_and_keeps_images_with_their_labels():
    labels = np.tile(np.arange(5), 20)
    images = labels.astype("uint8").reshape(-1, 1, 1, 1)
    first, again, other = (datasets.split(images, labels, seed=seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(first.labels, again.labels) and not np.array_equal(first.labels, other.labels)
    assert np.array_equal(first.images.ravel(), first.labels)


def test_another_seed_puts_other_pictures_into_the_test_part():
    images = np.arange(100, dtype="uint8").reshape(-1, 1, 1, 1)
    tests = [datasets.split(images, np.zeros(100, int), seed=seed)[2] for seed in (1, 2)]
    assert contents(tests[0]) != contents(tests[1])


def test_per_class_draws_that_many_of_each_class(fashion):
    assert np.bincount(fashion.train.per_class(5, seed=3).labels).tolist() == [5] * 10


@pytest.mark.parametrize("labels", [[0, 1], [0, 0, 1], [0.0, 0.0, 0.0]])
def test_labels_that_cannot_be_split_are_refused(labels):
    with pytest.raises(datasets.DatasetError):
        datasets.split(np.zeros((3, 2, 2, 1), "uint8"), labels)


# Folders.


def test_a_folder_of_class_folders_is_split_70_15_15(class_folders):
    found = datasets.load(class_folders)
    assert found.class_names == ["cat", "cup"] and found.skipped == ()
    assert [part.images.shape for part in three(found)] == [(n, 10, 12, 3) for n in (28, 6, 6)]
    assert not contents(found.train) & contents(found.test) and not contents(found.validation) & contents(found.test)


def test_labels_follow_the_folder_names(class_folders):
    for part in three(datasets.load(str(class_folders))):
        assert np.array_equal(part.images[:, 0, 0, 0] % 2, part.labels)


def test_given_parts_are_kept_and_the_missing_one_is_held_out(tmp_path):
    for number in range(60):
        picture(tmp_path / ("test" if number < 20 else "train") / str(number % 2) / f"{number}.png", number)
    found = datasets.load(tmp_path)
    assert [len(part) for part in three(found)] == [32, 8, 20]
    assert sorted(found.test.images[:, 0, 0, 0]) == list(range(20))


def test_pictures_of_different_sizes_become_96_by_96_or_what_is_asked(class_folders):
    picture(class_folders / "cat" / "large.png", 5, (50, 20))
    assert datasets.load(class_folders).train.images.shape[1:] == (96, 96, 3)
    assert datasets.load(class_folders, size=(8, 16)).train.images.shape[1:] == (8, 16, 3)


def test_unreadable_files_are_listed_and_junk_is_passed_over(class_folders):
    (class_folders / "cat" / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    for junk in ("._00.png", ".DS_Store", "Thumbs.db"):
        (class_folders / "cat" / junk).write_bytes(b"junk")
    picture(class_folders / "__MACOSX" / "cat" / "00.png")
    found = datasets.load(class_folders)
    assert len(found.skipped) == 1 and found.skipped[0].startswith("cat/broken.jpg: ")
    assert sum(map(len, three(found))) == 40


def test_links_that_lead_out_of_the_folder_are_not_followed(class_folders, tmp_path):
    picture(tmp_path / "secret" / "a.png", 200)
    try:
        (class_folders / "secret").symlink_to(tmp_path / "secret")
        (class_folders / "cat" / "link.png").symlink_to(tmp_path / "secret" / "a.png")
    except OSError:
        pytest.skip("this system makes no links")
    found = datasets.load(class_folders)
    assert found.class_names == ["cat", "cup"] and len(found.skipped) == 2
    assert all(200 not in part.images for part in three(found))


def test_folders_that_cannot_be_used_say_why(class_folders, tmp_path):
    (tmp_path / "empty").mkdir()
    picture(tmp_path / "one" / "cat" / "a.png")
    picture(class_folders / "dog" / "a.png")
    cases = {"nowhere": "no folder", "empty": "no class folders", "one": "one class", "own": "'dog'.*1 readable"}
    for name, message in cases.items():
        with pytest.raises(datasets.DatasetError, match=message):
            datasets.load(tmp_path / name)


def test_a_written_folder_reads_back_as_the_same_pictures(tmp_path):
    small = datasets.load("digits").test
    names = ["T-shirt/top", *"bcdefghij"]
    for _ in range(2):  # The second call replaces the first one's folder.
        datasets.write_folder(small.images, small.labels, names, tmp_path / "digits")
    back = datasets.load(tmp_path / "digits")
    assert sorted(back.class_names) == sorted(["T-shirt-top", *"bcdefghij"])
    assert set().union(*(contents(part) for part in three(back))) == {
        np.repeat(image, 3, axis=-1).tobytes() for image in small.images
    }
    assert [path.name for path in tmp_path.iterdir()] == ["digits"]


def test_a_folder_of_other_files_is_not_overwritten(class_folders):
    with pytest.raises(datasets.DatasetError, match="holds other files"):
        datasets.write_folder(np.zeros((1, 4, 4, 3), "uint8"), [0], ["cat"], class_folders)
    assert len(list(class_folders.rglob("*.png"))) == 40


# Names.


def test_digits_have_three_parts_of_1797():
    assert [part.images.shape for part in three(datasets.load("digits"))] == [(n, 8, 8, 1) for n in (1259, 269, 269)]


def test_a_set_is_read_from_the_folder_in_imgrec_data(tmp_path, monkeypatch):
    for number in range(60):
        picture(tmp_path / "mnist" / ("test" if number < 20 else "train") / str(number % 2) / f"{number}.png", number)
    monkeypatch.setenv("IMGREC_DATA", str(tmp_path))
    found = datasets.load("mnist")
    assert found.name == "mnist" and found.train.images.shape == (32, 10, 12, 1)
    assert next(line for line in datasets.available() if line.name == "mnist").present


def test_a_set_that_cannot_be_downloaded_says_how_to_get_it(tmp_path, monkeypatch, capsys):
    def fail():
        raise Exception("URL fetch failure")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with pytest.raises(datasets.DatasetError, match=r"imgrec data get cifar10.*IMGREC_DATA"):
        fetched._downloaded("cifar10", fail)
    assert capsys.readouterr().out == ""


def test_a_mistyped_name_is_told_what_was_meant():
    with pytest.raises(datasets.DatasetError, match="did you mean 'fashion_mnist'"):
        datasets.load("fashion-mnits")


def test_every_name_of_the_catalogue_can_be_asked_for():
    assert [line.name for line in datasets.available()] == list(catalogue.LOADERS)
    assert "1,797 pictures" in datasets.fetch("digits")
    with pytest.raises(datasets.DatasetError):
        datasets.fetch("nothing")


def test_errors_are_one_line_value_errors():
    assert issubclass(parts.DatasetError, ValueError)
    with pytest.raises(datasets.DatasetError) as caught:
        datasets.load("nowhere")
    assert "\n" not in str(caught.value)
