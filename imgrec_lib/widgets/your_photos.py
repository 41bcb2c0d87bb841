"""A recogniser of your own in the notebook: sort photographs into classes, press Train, test it on a new one."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from imgrec_lib import album, images
from imgrec_lib.album import Album, Recogniser, counted
from imgrec_lib.datasets import Split
from imgrec_lib.widgets.album_pictures import album_figure, thumbnail
from imgrec_lib.widgets.still import StillWidget, javascript

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGEST_FILE = 20_000_000  # Bytes
NOTHING = {"classes": [], "room": 0, "tested": {}, "message": "", "share": 0.0}  # The traits, at first.
NO_CAMERA = {
    "NotAllowedError": "The camera was refused, by you or by this page.",
    "NotFoundError": "No camera was found.",
    "NotReadableError": "Another program uses the camera.",
}


def camera_problem(name: str) -> str:
    """Why no camera opens and what to do, in words, by the name of the browser's error."""
    return f"{NO_CAMERA.get(str(name), 'This page gives no camera.')} Choose a file instead."


class YourPhotos(StillWidget):
    """Sort photographs into 2 to 8 classes, train a recogniser on them, and test it on a new one.

    `photographs` names the first classes, each with a list of what `images.load` takes: paths, bytes or uint8 arrays.
    At most 60 are kept, 224 × 224 × 3 each, in memory only. The next cell can ask for `class_names`, `counts`,
    `photographs` and `recognise(photo)`; `add`, `train` do by name what the buttons do.
    """

    _esm = javascript("your_photos")

    classes = traitlets.List().tag(sync=True)
    room = traitlets.Int().tag(sync=True)
    tested = traitlets.Dict().tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    share = traitlets.Float(0.0).tag(sync=True)

    def __init__(self, photographs: Mapping[str, Sequence[Any]] | None = None) -> None:
        if photographs is not None and not isinstance(photographs, Mapping):
            raise ValueError(
                f"photographs of type {type(photographs).__name__} have no class names; "
                'give a dictionary such as {"cup": [first, second], "cat": []}'
            )
        self._album, self._current = Album(), False
        self._recogniser: Recogniser | None = None
        self._last: tuple[np.ndarray, np.ndarray] | None = None
        self._thumbnails: dict[int, bytes] = {}
        self._parts = bytearray()
        self._own: dict[str, Any] = dict(NOTHING)
        super().__init__()
        for name, pictures in ({"class 1": [], "class 2": []} if photographs is None else photographs).items():
            number = self._album.add_class(name)
            for picture in pictures:
                self._album.add(number, picture)
        self._show()
        self.on_msg(self._take)

    @traitlets.validate(*NOTHING)
    def _only_from_here(self, proposal: dict[str, Any]) -> Any:
        name = proposal["trait"].name
        if proposal["value"] != self._own[name]:
            raise traitlets.TraitError(f"{name} only says what the widget holds; use add, train or recognise instead")
        return proposal["value"]

    def _say(self, **values: Any) -> None:
        self._own.update(values)
        with self.hold_sync():
            for name, value in values.items():
                setattr(self, name, value)

    def _show(self) -> None:
        """Tell the browser which classes and photographs there are."""
        known = self._album.photographs
        made = {place: self._thumbnails.get(place) or thumbnail(one.image) for place, one in known.items()}
        self._thumbnails = made
        classes = [self._class(number, name, made) for number, name in self._album.names.items()]
        self._say(classes=classes, room=album.MOST_PHOTOGRAPHS - len(known))

    def _class(self, number: int, name: str, made: Mapping[int, bytes]) -> dict[str, Any]:
        photos = [{"number": place, "jpeg": made[place]} for place in self._album.places(number)]
        title = f"{name}: {counted(len(photos), 'photograph', 'photographs')}"
        return {"number": number, "name": name, "title": title, "photos": photos}

    @property
    def class_names(self) -> list[str]:
        """The names of the classes, in the order of the labels."""
        return list(self._album.names.values())

    @property
    def counts(self) -> dict[str, int]:
        """How many photographs each class has."""
        return self._album.counts()

    @property
    def photographs(self) -> Split:
        """All photographs, count × 224 × 224 × 3, with their labels: places in `class_names`."""
        return self._album.split()

    def add(self, class_name: str, photo: Any) -> None:
        """Put a photograph, anything that `images.load` takes, into the class of this name."""
        found = [number for number, name in self._album.names.items() if name == class_name]
        if not found:
            raise ValueError(f"there is no class {class_name!r}; there are {', '.join(self.class_names) or 'none'}")
        self._add(found[0], photo)

    def train(self) -> str:
        """A sentence that says what was learned; the first time takes seconds, for TensorFlow is loaded then."""
        before = self.message
        try:
            self._recogniser = album.learn(self._album, lambda words, share: self._say(message=words, share=share))
        except BaseException:
            self._say(message=before, share=0.0)
            raise
        self._current = True
        if self._last:
            self._test(self._last[0])
        self._say(message=self._learned(), share=0.0)
        return self.message

    def recognise(self, photo: Any) -> dict[str, float]:
        """A probability for each class, by name, of anything that `images.load` takes; it shows in the widget too."""
        if self._recogniser is None:
            raise ValueError("Nothing has been learned yet; press Train first, or call .train().")
        self._test(images.load(photo, size=album.SIDE))
        chances = self._chances()
        answer = max(chances, key=chances.get)
        again = "" if self._current else " Your photographs have changed since: press Train again."
        self._say(message=f"Answer: {answer}, {chances[answer]:.2f}.{again}")
        return chances

    def _test(self, image: np.ndarray) -> None:
        self._last = image, self._recogniser.probabilities([image])[0]
        self._show_test()

    def _show_test(self) -> None:
        chances = [list(pair) for pair in self._chances().items()]
        self._say(tested={"jpeg": thumbnail(self._last[0]), "chances": chances} if self._last else {})

    def _chances(self) -> dict[str, float]:
        """The probability of each class for the last photograph that was tested."""
        if self._last is None:
            return {}
        return dict(zip((self._album.names[number] for number in self._recogniser.numbers), map(float, self._last[1])))

    def _learned(self) -> str:
        counts = self.counts
        total = counted(sum(counts.values()), "photograph", "photographs")
        few = [name for name, count in counts.items() if count < album.FEW]
        remark = f" That is few: give {' and '.join(few)} at least {album.FEW}, for surer answers." if few else ""
        return f"Learned from {total} of {len(counts)} classes. Test it on a new one.{remark}"

    def _changed(self, message: str) -> None:
        self._current = False
        self._show()
        self._say(message=message)

    def _add(self, number: Any, photo: Any) -> None:
        self._album.add(number, photo)
        name = self._album.names[number]
        self._changed(f"{name} has {counted(self.counts[name], 'photograph', 'photographs')}.")

    def _remove(self, place: Any) -> None:
        self._album.remove(place)
        self._changed("One photograph was removed.")

    def _add_class(self, name: Any) -> None:
        self._album.add_class(name)
        self._changed(f"{self.class_names[-1]} was added; give it photographs.")

    def _rename(self, number: Any, name: Any) -> None:
        self._album.rename(number, name)
        self._show()
        self._show_test()
        self._say(message=f"The class is now named {self._album.names[number]}.")

    def _remove_class(self, number: Any) -> None:
        self._album.remove_class(number)
        if self._recogniser and number in self._recogniser.numbers:
            self._recogniser = self._last = None
            self._show_test()
        self._changed("The class was removed.")

    def _do(self, wish: Mapping[str, Any], data: memoryview | None) -> None:
        """Do what a button asks for; ValueError, in words, where it cannot be done."""
        match wish:
            case {"do": "add" | "test" as action}:
                photo = self._whole(wish, data)
                if photo is not None:
                    self._add(wish.get("number"), photo) if action == "add" else self.recognise(photo)
            case {"do": "remove", "number": place}:
                self._remove(place)
            case {"do": "add class", "name": name}:
                self._add_class(name)
            case {"do": "rename", "number": number, "name": name}:
                self._rename(number, name)
            case {"do": "remove class", "number": number}:
                self._remove_class(number)
            case {"do": "train"}:
                self.train()
            case {"do": "camera", "name": name}:
                raise ValueError(camera_problem(name))

    def _whole(self, wish: Mapping[str, Any], data: memoryview | None) -> bytes | None:
        """A file's bytes once its last part has come; None before."""
        at, size, part = wish.get("at"), wish.get("size"), bytes(data or b"")
        if at == 0:
            self._parts = bytearray()
        fits = isinstance(size, int) and at == len(self._parts) and at + len(part) <= size <= LARGEST_FILE
        if not fits or (size and not part):
            raise ValueError("The photograph did not arrive whole; choose it again.")
        self._parts += part
        return bytes(self._parts) if len(self._parts) == size else None

    def _take(self, widget: StillWidget, content: Any, buffers: Sequence[memoryview]) -> None:
        if not isinstance(content, dict) or "ask" not in content:
            return
        self.send({"pong": True})  # Training takes seconds; the browser shall not take Python for dead meanwhile.
        problem = ""
        try:
            self._do(content, buffers[0] if buffers else None)
        except ValueError as error:
            problem = str(error).replace(", or raise max_pixels", "")  # Advice for code, not for a button.
        except Exception as error:
            problem = f"Python could not do this ({type(error).__name__}); run the cell again."
        self.send({"reply": content["ask"], "problem": problem})

    def words(self) -> str:
        """Each class with its count of photographs."""
        return ", ".join(f"{name} {count}" for name, count in self.counts.items()) or "no classes"

    def figure(self) -> "Figure":
        """A row of photographs for each class, and below them the last tested one with its bars."""
        split = self.photographs
        classes = {name: split.images[split.labels == label] for label, name in enumerate(self.class_names)}
        return album_figure(classes, (self._last[0], self._chances()) if self._last else None)
