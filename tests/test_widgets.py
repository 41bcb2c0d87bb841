"""What every widget's JavaScript keeps to: small, by itself, and safe with what it is given."""

import re
import subprocess
import sys

import pytest

from imgrec_lib import widgets
from imgrec_lib.widgets.still import HERE, StillWidget

CLASSES = [getattr(widgets, name) for name in widgets.__all__]
SHARED = {"common", "curves", "squares"}  # Parts that stand in front of several widgets' own files
LARGEST_SCRIPT = 15_000  # Bytes, with what all widgets share


def test_every_class_and_file_of_the_package_is_offered():
    offered = {re.sub(r"(?<!^)(?=[A-Z])", "_", one.__name__).lower() for one in CLASSES}
    assert all(issubclass(one, StillWidget) for one in CLASSES)
    assert {path.stem for path in HERE.glob("*.js")} == offered | SHARED


@pytest.mark.parametrize("widget", CLASSES, ids=lambda one: one.__name__)
def test_the_script_is_small_and_loads_nothing(widget):
    script = widget._esm.replace('"http://www.w3.org/2000/svg"', "")  # A name, which nobody fetches
    assert len(widget._esm.encode()) < LARGEST_SCRIPT
    found = re.findall(
        r"https?:|\bimport\b|\bfetch\(|\beval\(|new Function|innerHTML|outerHTML|document\.write", script
    )
    assert found == []


@pytest.mark.parametrize("path", sorted(HERE.glob("*.js")), ids=lambda path: path.stem)
def test_a_widget_styles_no_other_widget(path):
    """All views share one page, so a rule for `.imgrec` alone would reach into every one of them."""
    assert path.stem == "common" or ".imgrec " not in path.read_text(encoding="utf-8")


def test_widgets_import_no_network_library():
    code = "import sys; from imgrec_lib import widgets; print({'tensorflow', 'keras', 'sklearn'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"
