"""The strict check bites: a lesson that is damaged ends red, for the reason that it was damaged."""

import shutil
from pathlib import Path

import damage
import pytest
from damage import ROOT, Damage, damaged, lesson, strict_check

SEEN_BY_COMPARING: list[tuple[Damage, str]] = [
    (damage.a_range_is_wrong, "OutOfRange"),
    (damage.a_stored_range_is_edited, "mismatch"),
    (damage.a_print_is_changed, "mismatch"),
    (damage.a_stored_output_is_edited, "mismatch"),
    (damage.an_exception_is_raised, "RuntimeError: broken"),
    (damage.the_imports_are_removed, "NameError"),
    (damage.outputs_are_cleared, "Unexpected output fields"),
]
SEEN_BY_THE_SEAL: list[tuple[Damage, str]] = [
    (damage.a_cell_is_removed, "not as it was stored"),
    (damage.a_picture_is_exchanged, "not as it was stored"),
    (damage.a_cell_was_never_run, "not all run once, in order"),
    (damage.a_cell_is_exempted, "exempt from comparison"),
]


def name_of(value: object) -> str:
    return getattr(value, "__name__", "").replace("_", " ")


@pytest.mark.parametrize(("how", "reason"), SEEN_BY_COMPARING, ids=name_of)
def test_comparing_cell_by_cell_sees_that(how: Damage, reason: str, tmp_path: Path) -> None:
    verdict = strict_check(damaged(lesson(1), how, tmp_path, sealed_again=True))
    assert not verdict.green
    assert reason in verdict.text
    assert "stored whole" not in verdict.text


@pytest.mark.parametrize(("how", "reason"), SEEN_BY_THE_SEAL, ids=name_of)
def test_the_seal_sees_that(how: Damage, reason: str, tmp_path: Path) -> None:
    verdict = strict_check(damaged(lesson(1), how, tmp_path, sealed_again=False))
    assert not verdict.green
    assert reason in verdict.text


def test_a_network_that_learns_nothing_is_red(tmp_path: Path) -> None:
    verdict = strict_check(damaged(lesson(4), damage.the_network_learns_nothing, tmp_path, sealed_again=True))
    assert not verdict.green
    assert "OutOfRange" in verdict.text


def damaged_library(folder: Path, module: str, right: str, wrong: str) -> Path:
    shutil.copytree(ROOT / "imgrec_lib", folder / "imgrec_lib", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "datasets").symlink_to(ROOT / "datasets", target_is_directory=True)
    source = folder / "imgrec_lib" / module
    text = source.read_text(encoding="utf-8")
    assert text.count(right) >= 1
    source.write_text(text.replace(right, wrong), encoding="utf-8")
    return folder


def test_a_lesson_is_red_where_the_library_hands_out_blue_cats(tmp_path: Path) -> None:
    right = 'return images.load(read(f"photographs/{photograph_path(name).name}"))'
    library = damaged_library(tmp_path, "datasets/embedded.py", right, right + "[:, :, ::-1]")
    assert not strict_check(lesson(1), library).green


def test_a_lesson_is_red_where_the_library_flips_kernels(tmp_path: Path) -> None:
    right, wrong = "kernels, axes=([3, 4, 2]", "kernels[::-1, ::-1], axes=([3, 4, 2]"
    library = damaged_library(tmp_path, "filters.py", right, wrong)
    assert not strict_check(lesson(2), library).green


def test_a_lesson_is_green_with_an_undamaged_copy_of_the_library(tmp_path: Path) -> None:
    library = damaged_library(tmp_path, "filters.py", "max_pool", "max_pool")
    verdict = strict_check(lesson(1), library)
    assert verdict.green, verdict.text
