"""A confusion matrix that opens: choose a cell and look at the pictures behind it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from imgrec_lib import evaluation, plots
from imgrec_lib.widgets.still import Refused, StillWidget, Whole, javascript

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_CLASSES, A_PAGE, A_ROW, LARGEST_SIDE, LARGEST = 40, 24, 6, 96, 10**9
RIGHT, WRONG = (0, 114, 178), (230, 159, 0)  # Okabe and Ito's blue and orange


def shades(matrix: ArrayLike) -> np.ndarray:
    """The colours of the cells, rows × columns × 3, 0 to 1: blue where right, orange where wrong.

    The root of a cell's share of its row is the depth of its colour, so that rare mistakes show too.
    """
    counts = np.asarray(matrix, dtype=float)
    depth = np.sqrt(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))[:, :, np.newaxis]
    ends = np.where(np.eye(len(counts), dtype=bool)[:, :, np.newaxis], RIGHT, WRONG) / 255
    return 1 + (ends - 1) * depth


def sentences(matrix: ArrayLike, class_names: Sequence[str], row: int, column: int) -> list[str]:
    """Three sentences on a cell: its count, the recall along its row, the precision down its column."""
    counts = np.asarray(matrix)
    precision, recall, _ = evaluation.precision_recall_f1(counts)
    true, answer = class_names[row], class_names[column]
    labelled, answered = counts[row].sum(), counts[:, column].sum()
    along = (
        f"Along the row: {counts[row, row]:,} of {labelled:,} were found, so the recall of {true} is {recall[row]:.2f}."
    )
    down = (
        f"Down the column: {counts[column, column]:,} of {answered:,} answers {answer} were right, "
        f"so its precision is {precision[column]:.2f}."
    )
    return [
        _cell_sentence(int(counts[row, column]), int(labelled), true, answer, right=row == column),
        along if labelled else f"The row of {true} is empty, so there is no recall.",
        down if answered else f"Nothing was answered with {answer}, so there is no precision.",
    ]


def _cell_sentence(count: int, labelled: int, true: str, answer: str, right: bool) -> str:
    if not labelled:
        return f"No picture is labelled {true}."
    what = "named rightly" if right else f"taken for {answer}"
    if not count:
        return f"None of {labelled:,} pictures labelled {true} was {what}."
    was = "was" if count == 1 else "were"
    return (
        f"{count:,} of {labelled:,} pictures labelled {true} {was} {what}: {100 * count / labelled:.1f} % of the row."
    )


def montage(pictures: np.ndarray) -> np.ndarray:
    """Pictures, count × height × width × channels, side by side in rows of six on white, as one uint8 picture."""
    count, height, width, channels = pictures.shape
    rows = -(-count // A_ROW)
    together = np.full((rows * (height + 2), A_ROW * (width + 2), channels), 255, dtype="uint8")
    for place, picture in enumerate(pictures):
        top, left = place // A_ROW * (height + 2), place % A_ROW * (width + 2)
        together[top : top + height, left : left + width] = picture
    return together


class ConfusionExplorer(StillWidget):
    """Choose a cell of a confusion matrix and look at the pictures behind it, 24 at a time.

    `labels` and `predictions` hold a class number for each picture, `images` is uint8, pictures × height × width (× 1
    or 3). Its traits `row` (the true class), `column` (the answer) and `page` follow what a hand does, and can be
    set from Python; `numbers` holds the places of the pictures shown.
    """

    _esm = javascript("confusion_explorer")
    always_png = True

    class_names = traitlets.List().tag(sync=True)
    matrix = traitlets.List().tag(sync=True)
    row = Whole(0, min=0, max=LARGEST).tag(sync=True)
    column = Whole(0, min=0, max=LARGEST).tag(sync=True)
    page = Whole(0, min=0, max=LARGEST).tag(sync=True)
    count = traitlets.Int().tag(sync=True)
    numbers = traitlets.List().tag(sync=True)
    size = traitlets.List().tag(sync=True)
    pictures = traitlets.Bytes().tag(sync=True)
    said = traitlets.List().tag(sync=True)

    def __init__(
        self, labels: ArrayLike, predictions: ArrayLike, images: np.ndarray, class_names: Sequence[str], **traits: Any
    ) -> None:
        self._names = names = [str(name) for name in class_names]
        if not 2 <= len(names) <= MOST_CLASSES:
            raise Refused(f"{len(names)} class names do not make a matrix to look at: give 2 to {MOST_CLASSES}")
        self._labels, self._predictions = _class_numbers("labels", labels), _class_numbers("predictions", predictions)
        self._counts = evaluation.confusion_matrix(self._labels, self._predictions, len(names))
        self._images = _pictures(images, len(self._labels))
        self._looked: tuple | None = None
        row, column = self._commonest_mistake()
        super().__init__(class_names=names, matrix=self._counts.tolist(), **{"row": row, "column": column} | traits)
        self._look()

    def _commonest_mistake(self) -> tuple[int, int]:
        wrong = self._counts - np.diag(np.diag(self._counts))
        row, column = np.unravel_index(wrong.argmax(), wrong.shape)
        return int(row), int(column)

    @traitlets.validate("row", "column")
    def _known_class(self, proposal: dict[str, Any]) -> int:
        if proposal["value"] >= len(self._counts):
            raise Refused(
                f"there is no {proposal['trait'].name} of this number in the matrix: "
                f"choose one from 0 to {len(self._counts) - 1}"
            )
        return proposal["value"]

    @traitlets.observe("row", "column", "page")
    def _changed(self, change: dict[str, Any]) -> None:
        if self._looked:
            self._look()

    def chosen(self) -> np.ndarray:
        """The places of all pictures of the chosen cell."""
        return np.flatnonzero((self._labels == self.row) & (self._predictions == self.column))

    def _look(self) -> None:
        if self._looked == (self.row, self.column, self.page):
            return
        places = self.chosen()
        same_cell = self._looked is None or self._looked[:2] == (self.row, self.column)
        page = min(self.page, max(0, (len(places) - 1) // A_PAGE)) if same_cell else 0
        self._looked = (self.row, self.column, page)
        shown = self._page()
        pictures = self._images[shown]
        with self.hold_sync():
            self.page, self.count, self.numbers = page, len(places), shown.tolist()
            self.size, self.pictures = list(pictures.shape[1:]), pictures.tobytes()
            self.said = sentences(self._counts, self._names, self.row, self.column)

    def _page(self) -> np.ndarray:
        page = self._looked[2] if self._looked else 0
        return self.chosen()[page * A_PAGE : (page + 1) * A_PAGE]

    def words(self) -> str:
        """Number of classes and pictures; counts of mistakes differ between machines, so they are left out."""
        return (
            f"{len(self._names)} classes, {len(self._labels):,} pictures; "
            "rows are the true classes, columns the answers"
        )

    def figure(self) -> "Figure":
        """The matrix with the chosen cell ringed, and beside it the pictures of the present page."""
        figure, axes = plots.new_figure(1, 2, 10.5, 4.8)
        self._draw_matrix(axes[0, 0])
        axes[0, 1].axis("off")
        figure.suptitle(sentences(self._counts, self._names, self.row, self.column)[0], fontsize=11)
        if len(shown := self._page()):
            axes[0, 1].imshow(montage(self._images[shown]).squeeze(), cmap="gray", vmin=0, vmax=255)
        return figure

    def _draw_matrix(self, axis: "Axes") -> None:
        colours, places = shades(self._counts), range(len(self._counts))
        axis.imshow(colours)
        if len(self._counts) <= 20:
            for (row, column), count in np.ndenumerate(self._counts):
                ink = "white" if row == column and colours[row, column, 0] < 0.13 else "black" if count else "0.6"
                axis.text(column, row, str(count), ha="center", va="center", fontsize=8, color=ink)
        axis.set_xticks(places, self._names, rotation=45, ha="right", fontsize=8)
        axis.set_yticks(places, self._names, fontsize=8)
        axis.set(xlabel="the answer", ylabel="true class")
        plots.ring(axis, (self.row, self.column, 1, 1))


def _class_numbers(name: str, values: ArrayLike) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim != 1 or not array.size or array.dtype.kind not in "iu":
        raise Refused(
            f"{name} of shape {array.shape} and type {array.dtype} are not class numbers: "
            "give one whole number for each picture"
        )
    return array


def _pictures(images: np.ndarray, count: int) -> np.ndarray:
    """The images as count × height × width × channels, with every so many pixels left out where they are large."""
    array = np.asarray(images)
    array = array[..., np.newaxis] if array.ndim == 3 else array
    if array.ndim != 4 or array.shape[3] not in (1, 3) or array.dtype != np.uint8 or not array.size:
        raise Refused(
            f"images of shape {np.shape(images)} and type {array.dtype} cannot be shown: "
            "give uint8, pictures × height × width, or × 1 or 3 more"
        )
    if len(array) != count:
        raise Refused(f"{len(array)} images do not go with {count} labels: give one label for each image")
    step = -(-max(array.shape[1:3]) // LARGEST_SIDE)
    return array[:, ::step, ::step]
