"""A recogniser of one's own photographs in a real browser, by mouse, keyboard and camera."""

import io
import struct
import zlib

import looking
import numpy as np
import pytest
from PIL import Image, ImageFile

from imgrec_lib import album, widgets

pytestmark = pytest.mark.browser
VIEW = "#widget"
HOME = "http://127.0.0.1/"
CELL = """\
from imgrec_lib import datasets, widgets
cup, cat = datasets.photograph("coffee"), datasets.photograph("cat")
photos = widgets.YourPhotos({"cup": [cup, cup[50:]], "cat": [cat, cat[50:]]})
photos"""
KEEP_STREAMS = """\
window.streams = [];
const media = navigator.mediaDevices, ask = media?.getUserMedia.bind(media);
if (media) media.getUserMedia = async (wanted) => { const one = await ask(wanted); streams.push(one); return one; };"""
LIVE = "streams.flatMap((one) => one.getTracks()).filter((one) => one.readyState === 'live').length"


def picture(colour=(200, 30, 30), size=(40, 30), kind="png", **options) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind, **options)
    return buffer.getvalue()


def file(content: bytes, name: str = "one.png", kind: str = "image/png") -> dict:
    return {"name": name, "mimeType": kind, "buffer": content}


def noisy_jpeg(height: int, width: int) -> bytes:
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype="uint8")
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "jpeg", quality=90)
    return buffer.getvalue()


def bomb(width: int = 10_000, height: int = 10_000) -> bytes:
    """A PNG of 100 million black pixels in about twelve kilobytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = zlib.compress(bytes((width // 8 + 1) * height), 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture(autouse=True)
def colours_for_eyes(monkeypatch):
    """Mean colours in place of the network's features, so that nothing here waits for TensorFlow."""
    monkeypatch.setattr(album, "see", lambda pictures, report=None: np.stack([one.mean((0, 1)) for one in pictures]))


@pytest.fixture
def photos() -> widgets.YourPhotos:
    red, blue = (np.full((224, 224, 3), colour, "uint8") for colour in ((200, 30, 30), (20, 40, 220)))
    return widgets.YourPhotos({"cup": [red, red // 2], "cat": [blue]})


def group(page, title):
    return page.get_by_role("group", name=title)


def choose(page, title, *files):
    with page.expect_file_chooser() as chooser:
        group(page, title).get_by_role("button", name="Choose files").click()
    chooser.value.set_files(list(files))


def problem(page):
    return page.locator(f"{VIEW} .problem")


def says(page, text, where=".problem"):
    page.locator(f"{VIEW} {where}", has_text=text).wait_for(timeout=8000)


def test_chosen_files_come_into_their_class(mount, page, photos):
    bridge = mount(photos)
    choose(page, "cat: 1", file(picture((1, 2, 3))), file(picture((4, 5, 6)), "two.png"))
    bridge.until("counts", {"cup": 2, "cat": 3})
    assert [one[0, 0].tolist() for one in photos.photographs.images[-2:]] == [[1, 2, 3], [4, 5, 6]]
    assert group(page, "cat: 3 photographs").get_by_role("img").count() == 3
    says(page, "cat has 3 photographs.", ".status")


def test_thumbnail_shows_the_photograph(mount, page, photos):
    mount(photos)
    script = """image => { const canvas = new OffscreenCanvas(96, 96), context = canvas.getContext("2d");
        context.drawImage(image, 0, 0); return [...context.getImageData(48, 48, 1, 1).data]; }"""
    page.wait_for_function("[...document.images].every(one => one.complete)")
    for title, colour in (("cup", (200, 30, 30)), ("cat", (20, 40, 220))):
        shown = group(page, title).get_by_role("img").first.evaluate(script)[:3]
        assert np.allclose(shown, colour, atol=4)


def test_file_is_dropped_and_pasted(mount, page, photos):
    bridge = mount(photos)
    script = """([name, bytes]) => { const data = new DataTransfer();
        const box = document.querySelectorAll("#widget fieldset")[1];
        data.items.add(new File([new Uint8Array(bytes)], "one.png", { type: "image/png" }));
        const event = name === "drop" ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
            : new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
        box.dispatchEvent(event); return event.defaultPrevented; }"""
    assert page.evaluate(script, ["drop", list(picture())]) is True
    bridge.until("counts", {"cup": 2, "cat": 2})
    page.evaluate(script, ["paste", list(picture())])
    bridge.until("counts", {"cup": 2, "cat": 3})


def test_file_dropped_beside_a_class_does_not_open_in_place_of_the_notebook(mount, page, photos):
    mount(photos)
    script = """() => { const dataTransfer = new DataTransfer();
        const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
        document.querySelector("#widget > p").dispatchEvent(event); return event.defaultPrevented; }"""
    assert page.evaluate(script) is True


def test_link_dropped_is_answered_in_words(mount, page, photos):
    mount(photos)
    page.evaluate("""() => { const dataTransfer = new DataTransfer(), box = document.querySelector("#widget fieldset");
        dataTransfer.setData("text/uri-list", "http://nowhere/cat.png");
        box.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true })); }""")
    says(page, "That was no file.")


def test_large_file_comes_in_parts_and_upright(mount, page, photos):
    bridge = mount(photos)
    content = noisy_jpeg(1000, 1400)
    assert 1e6 < len(content) < 2e6
    choose(page, "cat", file(content, "large.jpg", "image/jpeg"))
    bridge.until("counts", {"cup": 2, "cat": 2})
    exif = Image.Exif()
    exif[274] = 6
    half = Image.new("RGB", (40, 30), (255, 255, 255))
    half.paste((0, 0, 0), (0, 0, 20, 30))
    buffer = io.BytesIO()
    half.save(buffer, "jpeg", exif=exif)
    choose(page, "cat", file(buffer.getvalue(), "turned.jpg", "image/jpeg"))
    bridge.until("counts", {"cup": 2, "cat": 3})
    upright = photos.photographs.images[-1]
    assert upright[20].max() < 30 and upright[-20].min() > 225


NO_PHOTOGRAPHS = (
    (b"hello, I am text\n", "notes.png", "image/png", "notes.png: The picture of 17 bytes is text, not a picture"),
    (b"", "nothing.png", "image/png", "is empty"),
    (picture()[:60], "half.png", "image/png", "is cut short"),
    (b"%PDF-1.4", "paper.pdf", "application/pdf", "paper.pdf: It is not a photograph."),
)


def test_what_is_no_photograph_is_refused_in_words(mount, page, photos):
    mount(photos)
    for content, name, kind, words in NO_PHOTOGRAPHS:
        choose(page, "cat", file(content, name, kind))
        says(page, words)
    assert photos.counts == {"cup": 2, "cat": 1}


def test_file_of_more_than_20_megabytes_is_not_even_sent(mount, page, photos):
    bridge = mount(photos)
    bridge.silent = True
    page.evaluate("""() => { const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([new Uint8Array(20_000_001)], "huge.jpg", { type: "image/jpeg" }));
        const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
        document.querySelector("#widget fieldset").dispatchEvent(event); }""")
    says(page, "huge.jpg: It holds more than 20 MB. Save it smaller.")


def test_picture_of_100_megapixels_is_refused_before_it_is_decoded(mount, page, photos, monkeypatch):
    photos.train()
    mount(photos)
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda image: pytest.fail("it was decoded"))
    content = bomb()
    assert len(content) < 20_000
    for title in ("cat", "Test"):
        choose(page, title, file(content, "bomb.png"))
        says(page, "is 10,000 × 10,000 pixels, more than the 50,000,000 that are read; make it smaller first.")
    assert photos.counts == {"cup": 2, "cat": 1}


def test_more_than_sixty_are_left_out(mount, page):
    grey = np.full((224, 224, 3), 90, "uint8")
    photos = widgets.YourPhotos({"cup": [grey] * 30, "cat": [grey] * 29})
    bridge = mount(photos)
    choose(page, "cat", *[file(picture(), f"{place}.png") for place in range(3)])
    says(page, "Of 3 files, 1 can be taken.")
    bridge.until("counts", {"cup": 30, "cat": 30})


def test_classes_are_named_added_and_removed_by_keyboard(mount, page, photos):
    bridge = mount(photos)
    field = group(page, "cat").get_by_label("name")
    field.fill("dog")
    field.press("Enter")
    bridge.until("class_names", ["cup", "dog"])
    page.get_by_label("new class").focus()
    page.keyboard.type("owl")
    page.keyboard.press("Enter")
    bridge.until("class_names", ["cup", "dog", "owl"])
    group(page, "owl: 0 photographs").wait_for()
    assert page.get_by_label("new class").input_value() == ""
    group(page, "cup").get_by_role("button", name="Remove class").focus()
    page.keyboard.press("Enter")
    bridge.until("class_names", ["dog", "owl"])
    assert page.evaluate("document.activeElement.textContent") == "Remove class"


def test_bad_name_is_answered_in_words_and_stays_to_be_mended(mount, page, photos):
    mount(photos)
    for name, words in (("  ", "needs a name"), ("Cup", "a class named Cup already"), ("x" * 35, "is too long")):
        group(page, "cat").get_by_label("name").fill(name)
        page.keyboard.press("Enter")
        says(page, words)
        assert group(page, "cat: 1 photograph").get_by_label("name").input_value() == name
    assert photos.class_names == ["cup", "cat"]


def test_photograph_is_removed_and_focus_moves_to_the_next(mount, page, photos):
    bridge = mount(photos)
    first = photos.photographs.images[1].copy()
    page.get_by_role("button", name="Remove photograph 1").first.focus()
    page.keyboard.press("Enter")
    bridge.until("counts", {"cup": 1, "cat": 1})
    page.wait_for_function("document.activeElement.textContent === '×'")
    assert (photos.photographs.images[0] == first).all()
    page.keyboard.press("Enter")
    bridge.until("counts", {"cup": 0, "cat": 1})
    page.wait_for_function("document.activeElement.tagName === 'INPUT'")


def test_half_typed_name_survives_a_new_photograph(mount, page, photos):
    bridge = mount(photos)
    group(page, "cat").get_by_label("name").press("End")
    page.keyboard.type(" and")
    photos.add("cat", np.zeros((8, 8, 3), "uint8"))
    bridge.push()
    group(page, "cat: 2").wait_for()
    assert page.evaluate("document.activeElement.value") == "cat and"


def test_training_and_a_test_by_keyboard_alone(mount, page, photos):
    bridge = mount(photos)
    page.get_by_role("button", name="Train").focus()
    page.keyboard.press("Enter")
    says(page, "Learned from 3 photographs of 2 classes. Test it on a new one. That is few", ".status")
    with page.expect_file_chooser() as chooser:
        group(page, "Test").get_by_role("button", name="Choose files").focus()
        page.keyboard.press("Enter")
    chooser.value.set_files(file(picture((30, 50, 200))))
    bridge.until("tested", lambda tested: tested and tested["chances"][1][1] > 0.9)
    says(page, "Answer: cat, 1.00.", ".status")
    rows = page.locator(f"{VIEW} table tr")
    assert [rows.nth(place).inner_text().split() for place in (0, 1)] == [["cup", "0.00"], ["cat", "1.00"]]
    widths = [rows.nth(place).locator("div").bounding_box()["width"] for place in (0, 1)]
    assert widths[0] < 2 and 142 < widths[1] <= 144
    assert photos.recognise(picture((30, 50, 200))) == dict(photos.tested["chances"])


def test_too_few_photographs_train_nothing(mount, page):
    photos = widgets.YourPhotos()
    mount(photos)
    page.get_by_role("button", name="Train").click()
    says(page, "class 1 and class 2 have no photograph; add some.")
    choose(page, "Test", file(picture()))
    says(page, "Nothing has been learned yet; press Train first")
    for _ in range(2):
        page.get_by_role("button", name="Remove class").first.click()
    page.wait_for_function("!document.querySelector('#widget ul')")
    page.get_by_role("button", name="Train").click()
    says(page, "Here are 0 classes; a choice needs two or more, so add one.")


def test_progress_is_shown_in_words_and_as_a_bar(mount, page, photos):
    bridge = mount(photos)
    bar = page.get_by_role("progressbar")
    assert not bar.is_visible()
    photos._say(message="Looking at photograph 3 of 4.", share=0.6)
    bridge.push()
    says(page, "Looking at photograph 3 of 4.", ".status")
    assert bar.is_visible() and bar.evaluate("one => one.value") == 0.6


def test_silent_python_is_spoken_of(mount, page, photos):
    bridge = mount(photos)
    bridge.silent = True
    page.clock.install()
    choose(page, "cat", file(picture()))
    page.wait_for_timeout(200)
    page.clock.run_for(6000)
    says(page, "Python does not answer: it is busy, or its kernel was restarted.")
    page.get_by_role("button", name="Train").click()
    page.clock.run_for(100)
    assert "Python does not answer" in problem(page).inner_text()


def test_page_without_cameras_points_to_the_files(mount, page, photos):
    mount(photos)
    group(page, "cat").get_by_role("button", name="Camera").click()
    says(page, "This page gives no camera. Choose a file instead.")


@pytest.fixture
def at_home(page):
    """The page at an address where a camera may be asked for."""
    page.add_init_script(KEEP_STREAMS)
    page.route(HOME + "**", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto(HOME)


def test_camera_takes_pictures_and_is_off_when_closed(at_home, mount, page, photos):
    page.context.grant_permissions(["camera"], origin=HOME)
    bridge = mount(photos)
    group(page, "cat").get_by_role("button", name="Camera").focus()
    page.keyboard.press("Enter")
    group(page, "cat").get_by_role("button", name="Take picture").wait_for()
    page.wait_for_function("document.activeElement.textContent === 'Take picture'")
    looking.assert_accessible(page, VIEW)
    page.keyboard.press("Enter")
    bridge.until("counts", {"cup": 2, "cat": 2})
    assert photos.photographs.images[-1].std() > 20, "the fake camera shows a bright test picture"
    assert page.evaluate(LIVE) == 1
    page.get_by_role("button", name="Close camera").press("Enter")
    page.wait_for_function(f"{LIVE} === 0")
    assert page.evaluate("document.activeElement.tagName") == "FIELDSET"


def test_camera_is_off_once_its_class_or_the_view_is_gone(at_home, mount, page, photos):
    page.context.grant_permissions(["camera"], origin=HOME)
    mount(photos)
    group(page, "cat").get_by_role("button", name="Camera").click()
    page.get_by_role("button", name="Take picture").wait_for()
    group(page, "cat").get_by_role("button", name="Remove class").click()
    page.wait_for_function(f"{LIVE} === 0")
    group(page, "Test").get_by_role("button", name="Camera").click()
    page.get_by_role("button", name="Take picture").wait_for()
    assert page.evaluate(LIVE) == 1
    page.evaluate("window.imgrecClose()")
    assert page.evaluate(LIVE) == 0


def test_camera_that_does_not_open_is_answered_in_words(at_home, mount, page, photos):
    mount(photos)
    answers = {"NotAllowedError": "was refused, by you or by this page", "NotFoundError": "No camera was found"}
    for error, words in answers.items():
        refuse = "name => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', name) } }"
        page.evaluate(refuse, error)
        group(page, "cat").get_by_role("button", name="Camera").click()
        says(page, f"{words}. Choose a file instead.")


def test_it_is_accessible_in_light_and_dark_and_fits_a_phone(mount, page, photos):
    photos.train()
    photos.recognise(picture())
    mount(photos)
    looking.assert_accessible(page, VIEW)
    page.evaluate(
        "document.body.dataset.jpThemeLight = 'false'; document.body.style.cssText = 'background: #111; color: #eee'"
    )
    looking.assert_accessible(page, VIEW)
    looking.assert_fits(page, VIEW)


def give(notebook, name):
    """Give the first class a photograph by its button, on the widget in the notebook, and take it away again."""
    page, before = notebook.page, notebook.python(f"{name}.counts")
    view = page.locator(".imgrec-your-photos").last
    view.scroll_into_view_if_needed()
    classes = view.locator("fieldset")
    first = next(iter(before))
    with page.expect_file_chooser() as chooser:
        classes.first.get_by_role("button", name="Choose files").focus()
        page.keyboard.press("Enter")
    chooser.value.set_files(file(picture(), "red.png"))
    notebook.until(f"{name}.counts", before | {first: before[first] + 1})
    classes.first.get_by_role("button", name="Remove photograph").last.click()
    notebook.until(f"{name}.counts", before)


def use(notebook, name):
    """Sort, train and test on the widget that the notebook shows, and leave its photographs as they were."""
    give(notebook, name)
    page, before = notebook.page, notebook.python(f"{name}.counts")
    cells = page.locator(".jp-Cell, .cell").count()
    view = page.locator(".imgrec-your-photos").last
    classes = view.locator("fieldset")
    view.get_by_label("new class").click()
    page.keyboard.type("abdd")
    page.keyboard.press("Enter")
    notebook.until(f"list({name}.counts)", [*before, "abdd"])
    assert page.locator(".jp-Cell, .cell").count() == cells, "keys typed here were taken for the notebook's shortcuts"
    classes.nth(len(before)).get_by_role("button", name="Remove class").click()
    notebook.until(f"{name}.counts", before)
    view.get_by_role("button", name="Train").focus()
    page.keyboard.press("Enter")
    notebook.until(f"{name}.message", lambda message: message.startswith("Learned from"), 60)
    with page.expect_file_chooser() as chooser:
        classes.last.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(file(picture(size=(300, 200), kind="jpeg"), "red.jpg", "image/jpeg"))
    notebook.until(f"{name}.message", lambda message: message.startswith("Answer: "))
    for place, (_, chance) in enumerate(notebook.python(f"{name}.tested['chances']")):
        view.locator("tr").nth(place).get_by_text(f"{chance:.2f}").wait_for()


def test_in_a_notebook(open_notebook):
    notebook = open_notebook(CELL, "print('ready')")
    notebook.run_all()
    notebook.until("'photos' in globals()", True, 30)
    use(notebook, "photos")
    use_camera(notebook, "photos")


def use_camera(notebook, name):
    """Be refused the camera, then be allowed it, and take a picture into the first class."""
    page, before = notebook.page, notebook.python(f"{name}.counts")
    view, first = page.locator(".imgrec-your-photos").last, next(iter(before))
    box = view.locator("fieldset").first
    box.get_by_role("button", name="Camera").click()
    view.locator(".problem", has_text="The camera was refused").wait_for(timeout=8000)
    page.context.grant_permissions(["camera"])
    box.get_by_role("button", name="Camera").click()
    box.get_by_role("button", name="Take picture").click()
    notebook.until(f"{name}.counts", before | {first: before[first] + 1})
    box.get_by_role("button", name="Close camera").click()
