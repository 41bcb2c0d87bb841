"""The page of `imgrec serve` in a real browser, by mouse, keyboard, paste and camera."""

import dataclasses
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import looking
import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import serving_fakes as fakes

from imgrec_lib.serving.limits import Limits

pytestmark = pytest.mark.browser
RED, BLUE, GREY = (220, 20, 20), (20, 20, 220), (90, 90, 90)
KEEP_STREAMS = """() => { window.streams = [];
const media = navigator.mediaDevices, ask = media.getUserMedia.bind(media);
media.getUserMedia = async (wanted) => { const one = await ask(wanted); streams.push(one); return one; }; }"""
LIVE = "streams.flatMap((one) => one.getTracks()).filter((one) => one.readyState === 'live').length"
REFUSE = """() => {
navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", "NotAllowedError"); }; }"""
DARK_INK = "rgb(236, 236, 236)"


def file(content: bytes, name: str = "one.png", kind: str = "image/png") -> dict[str, Any]:
    return {"name": name, "mimeType": kind, "buffer": content}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with fakes.running() as port:
        yield f"http://localhost:{port}/"


@pytest.fixture(autouse=True)
def choosers_caught(page: Any) -> None:
    """The browser is told before anything is clicked: told at the click, it sometimes opens a dialog of its own."""
    page.on("filechooser", lambda chooser: None)


@pytest.fixture
def opened(page: Any, address: str) -> Any:
    """The page, once it has said what it recognises; nothing may break its content security policy."""
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text) if "Content Security Policy" in line.text else None)
    page.goto(address)
    page.get_by_role("heading", name="Recogniser: red, green, blue").wait_for()
    yield page
    assert refused == []


def choose(page: Any, *files: dict[str, Any]) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose pictures").click()
    chooser.value.set_files(list(files))


def card(page: Any, name: str) -> Any:
    return page.get_by_role("listitem", name=name)


def says(page: Any, name: str, text: str) -> None:
    card(page, name).get_by_text(text).first.wait_for(timeout=8000)


def until(page: Any, expression: str) -> None:
    """Wait until an expression is true; the page's policy forbids Playwright's own way, which calls eval."""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"{expression} did not become true")


def send(page: Any, event: str, content: bytes = b"", name: str = "one.png", kind: str = "image/png") -> None:
    """A drop or a paste; without content, of a text."""
    script = """([event, bytes, name, type]) => { const data = new DataTransfer();
        if (bytes.length) data.items.add(new File([new Uint8Array(bytes)], name, { type }));
        else data.setData("text/plain", "hello");
        const options = { bubbles: true, cancelable: true };
        document.body.dispatchEvent(event === "drop" ? new DragEvent("drop", { dataTransfer: data, ...options })
            : new ClipboardEvent("paste", { clipboardData: data, ...options })); }"""
    page.evaluate(script, [event, list(content), name, kind])


def test_several_chosen_pictures_are_each_answered_with_bars(opened):
    choose(opened, file(fakes.picture(RED), "rose.png"), file(fakes.picture(BLUE), "sky.png"))
    says(opened, "rose.png", "red")
    says(opened, "sky.png", "blue")
    rows = card(opened, "sky.png").get_by_role("row").all_inner_texts()
    assert [row.split("\t")[0] for row in rows][0] == "blue" and "100" in rows[0] and len(rows) == 3
    widths = (
        card(opened, "sky.png").locator(".bar").evaluate_all("bars => bars.map(bar => parseFloat(bar.style.width))")
    )
    assert widths[0] > 99 and max(widths[1:]) < 1
    card(opened, "sky.png").get_by_role("img", name="the picture sky.png").wait_for()


def test_the_last_answer_is_announced(opened):
    choose(opened, file(fakes.picture(RED), "rose.png"))
    status = opened.get_by_role("status")
    status.get_by_text("rose.png: red, ").wait_for()
    assert status.get_attribute("aria-live") == "polite"


def test_dropped_and_pasted_pictures_are_answered(opened):
    send(opened, "drop", fakes.picture(RED), "dropped.png")
    says(opened, "dropped.png", "red")
    send(opened, "paste", fakes.picture(BLUE), "pasted.png")
    says(opened, "pasted.png", "blue")
    send(opened, "paste")
    opened.get_by_role("alert").get_by_text("That was no picture.").wait_for()


def test_none_of_these_is_said_in_words(opened):
    choose(opened, file(fakes.picture(GREY), "fog.png"))
    says(opened, "fog.png", "none of these")
    says(opened, "fog.png", "too unsure")


def test_what_is_wrong_stands_beside_the_picture_and_the_others_are_answered(opened):
    choose(
        opened,
        file(b"hello", "notes.png"),
        file(fakes.picture(RED), "rose.png"),
        file(b"x", "a.pdf", "application/pdf"),
    )
    says(opened, "notes.png", "The picture of 5 bytes is text, not a picture")
    assert card(opened, "notes.png").locator(".problem").inner_text().startswith("The picture")
    says(opened, "a.pdf", "It is not a picture.")
    says(opened, "rose.png", "red")


def test_a_hostile_name_is_text(opened):
    name = "<img src=x onerror=document.title=1>.png"
    choose(opened, file(fakes.picture(RED), name.replace("/", "")))
    says(opened, name, "red")
    assert opened.title() == "Recogniser: red, green, blue" and opened.locator("#results h3 img").count() == 0


def test_a_picture_that_is_too_large_is_not_sent(page):
    limits = dataclasses.replace(Limits(), request_bytes=20_000)
    with fakes.running(limits=limits) as port:
        page.goto(f"http://localhost:{port}/")
        page.get_by_role("heading", name="Recogniser: red").wait_for()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        choose(page, file(bytes(30_000), "huge.png"))
        says(page, "huge.png", "It holds more than 0.02 MB.")
        assert not [url for url in asked if "predict" in url]


def test_where_it_looked_is_laid_over_the_picture_and_taken_away_again(opened):
    choose(opened, file(fakes.picture(RED), "rose.png"))
    says(opened, "rose.png", "red")
    button = card(opened, "rose.png").get_by_role("button", name="Show where it looked")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    heat = card(opened, "rose.png").get_by_role("img", name="brighter where it looked")
    heat.wait_for()
    until(opened, "document.querySelector('.heat').naturalWidth > 0")
    boxes = [one.bounding_box() for one in (heat, card(opened, "rose.png").get_by_role("img", name="the picture"))]
    assert boxes[0] == boxes[1] and button.get_attribute("aria-pressed") == "true"
    button.click()
    heat.wait_for(state="hidden")


def test_a_network_that_cannot_be_explained_has_no_button_for_it(page):
    class Dark(fakes.Colours):
        def graph(self) -> bytes:
            raise ValueError("no graph")

    with fakes.running(Dark()) as port:
        page.goto(f"http://localhost:{port}/")
        page.get_by_text("It cannot show where it looked.").wait_for()
        choose(page, file(fakes.picture(RED), "rose.png"))
        says(page, "rose.png", "red")
        assert page.get_by_role("button", name="Show where it looked").count() == 0


def test_everything_goes_by_keyboard_alone(opened):
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.id") == "choose"
    with opened.expect_file_chooser() as chooser:
        opened.keyboard.press("Enter")
    chooser.value.set_files([file(fakes.picture(RED), "rose.png"), file(fakes.picture(BLUE), "sky.png")])
    says(opened, "rose.png", "red")
    says(opened, "sky.png", "blue")
    reached = []
    for _ in range(12):
        opened.keyboard.press("Tab")
        reached.append(opened.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent"))
    assert {"Take a picture", "Remove all", "Show where it looked", "Remove rose.png", "Remove sky.png"} <= set(reached)
    card(opened, "sky.png").get_by_role("button", name="Show where it looked").focus()
    opened.keyboard.press("Space")
    card(opened, "sky.png").get_by_role("img", name="brighter").wait_for()
    card(opened, "sky.png").get_by_role("button", name="Remove sky.png").focus()
    opened.keyboard.press("Enter")
    until(opened, "document.activeElement.ariaLabel === 'Remove rose.png'")
    opened.keyboard.press("Enter")
    until(opened, "document.activeElement.id === 'choose'")


def test_a_picture_from_the_camera_is_answered_and_the_camera_ends(opened):
    opened.context.grant_permissions(["camera"])
    opened.evaluate(KEEP_STREAMS)
    opened.get_by_role("button", name="Take a picture").click()
    until(opened, "document.activeElement.id === 'snap'")
    opened.keyboard.press("Enter")
    card(opened, "camera 1.jpg").locator(".answer").wait_for()
    assert opened.evaluate("streams.length") == 1 and opened.evaluate(LIVE) == 0
    opened.get_by_role("button", name="Take a picture").click()
    until(opened, "document.activeElement.id === 'snap'")
    opened.keyboard.press("Escape")
    until(opened, "document.activeElement.id === 'take'")
    assert opened.evaluate(LIVE) == 0


def test_a_camera_that_may_not_be_used_is_answered_in_words(opened):
    opened.evaluate(REFUSE)
    opened.get_by_role("button", name="Take a picture").click()
    opened.get_by_role("alert").get_by_text("does not let this page use the camera").wait_for()


def test_a_phone_without_leave_for_the_camera_takes_a_picture_with_its_own_program(opened):
    opened.evaluate("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    with opened.expect_file_chooser() as chooser:
        opened.get_by_role("button", name="Take a picture").click()
    assert chooser.value.element.get_attribute("capture") == "environment"
    chooser.value.set_files([file(fakes.picture(RED), "snap.png")])
    says(opened, "snap.png", "red")


def test_a_server_that_has_ended_is_named_as_the_reason(page):
    with fakes.running() as port:
        page.goto(f"http://localhost:{port}/")
        page.get_by_role("heading", name="Recogniser: red").wait_for()
    choose(page, file(fakes.picture(RED), "rose.png"))
    says(page, "rose.png", "The server did not answer.")


def test_the_page_says_where_pictures_go_and_asks_no_other_site(page, address):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.get_by_text("Pictures go to the machine that serves this page, localhost").wait_for()
    page.goto(address + "docs")
    page.get_by_role("heading", name="POST /predict").wait_for()
    assert asked and all(url.startswith((address, "data:")) for url in asked)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_are_accessible_with_answers_problems_and_heat(opened, scheme):
    opened.emulate_media(color_scheme=scheme)
    choose(
        opened, file(fakes.picture(RED), "rose.png"), file(b"hello", "notes.png"), file(fakes.picture(GREY), "fog.png")
    )
    for name, text in (("rose.png", "red"), ("notes.png", "is text"), ("fog.png", "none of these")):
        says(opened, name, text)
    card(opened, "rose.png").get_by_role("button", name="Show where it looked").click()
    card(opened, "rose.png").get_by_role("img", name="brighter").wait_for()
    looking.assert_accessible(opened, "body")
    ink = opened.evaluate("getComputedStyle(document.body).color")
    assert (ink == DARK_INK) is (scheme == "dark")
    opened.goto(opened.url + "docs")
    looking.assert_accessible(opened, "body")


def test_it_fits_a_phone(opened):
    long = "a-very-long-name-without-any-space-" * 4 + ".png"
    file_ = io.BytesIO()
    Image.new("RGB", (3000, 300), RED).save(file_, "png")
    choose(opened, file(file_.getvalue(), long), file(b"hello" * 3, "notes.png"))
    says(opened, long, "red")
    looking.assert_fits(opened, "body")
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sizes = opened.evaluate("[...document.querySelectorAll('button')].map(one => one.getBoundingClientRect().height)")
    assert min(size for size in sizes if size) >= 44
    opened.goto(opened.url + "docs")
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
