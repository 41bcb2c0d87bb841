"""The upload button: an untouched one holds no photograph, and its text is the same in every version of ipywidgets."""

from imgrec_lib import images
from imgrec_lib.images import uploads


def test_untouched_button_holds_no_photograph():
    assert images.uploaded(uploads.button().value) == {}


def test_button_is_shown_as_the_same_text_each_time():
    assert repr(uploads.button()) == repr(uploads.button()) == "a button to choose a photograph with"


def test_button_takes_one_picture_at_a_time():
    button = uploads.button()
    assert (button.accept, button.multiple) == ("image/*", False)
