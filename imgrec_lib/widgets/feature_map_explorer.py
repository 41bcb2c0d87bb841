"""A walk through the layers of a trained network: the picture, all maps of a layer, one map large, the answer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from imgrec_lib import explaining, plots
from imgrec_lib.widgets.map_pictures import across, mosaic, seen, size, squares
from imgrec_lib.widgets.still import Refused, StillWidget, Whole, javascript

if TYPE_CHECKING:
    import keras
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_NUMBERS = 4_000_000  # Of one layer: 16 MB on their way to the browser
MOST_ANSWERS, LARGEST = 10, 10**9
BLUE, VERMILION = "#0072B2", "#D55E00"


class FeatureMapExplorer(StillWidget):
    """Walk through the layers of a trained network on a picture of your choice, and see what each layer makes of it.

    `images` is pictures × height × width × channels, as the network takes them; `class_names` and `labels` (a class
    number for each picture) are for the words. Its traits `picture` (a number), `layer` (a name), `channel` (which of
    the layer's maps), `row` and `column` (the place in it) follow what a hand does, and can be set from Python.
    """

    _esm = javascript("feature_map_explorer")
    always_png = True

    count = traitlets.Int().tag(sync=True)
    layers = traitlets.List().tag(sync=True)
    class_names = traitlets.List().tag(sync=True)
    picture = Whole(0, min=0, max=LARGEST).tag(sync=True)
    layer = traitlets.Unicode().tag(sync=True)
    channel = Whole(0, min=0, max=LARGEST).tag(sync=True)
    row = Whole(0, min=0, max=LARGEST).tag(sync=True)
    column = Whole(0, min=0, max=LARGEST).tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)
    pixels = traitlets.Bytes().tag(sync=True)
    maps = traitlets.Bytes().tag(sync=True)

    def __init__(
        self,
        network: "keras.Model",
        images: np.ndarray,
        class_names: Sequence[str] | None = None,
        labels: Sequence[int] | None = None,
        **traits: Any,
    ) -> None:
        self._images = _pictures(images)
        self._labels = _labels(labels, len(self._images), class_names)
        self._outputs = explaining.LayerOutputs(network)
        self._maps, self._state = self._outputs(self._images[0]), {}
        self._names = names = self._checked(class_names)
        self._layers = [[name, self._outputs.kinds[name], list(maps.shape)] for name, maps in self._maps.items()]
        _refuse_large(self._layers)
        given = self._brightest(traits.get("layer", _first_with_maps(self._layers))) | traits
        super().__init__(count=len(self._images), layers=self._layers, class_names=names, **given)
        self._look()

    def _brightest(self, layer: str) -> dict[str, Any]:
        """Where to look first: at the map that answers most, and there at its largest number."""
        if layer not in self._maps or self._maps[layer].ndim != 3:
            return {"layer": layer}
        maps = np.abs(self._maps[layer])
        channel = int(maps.mean(axis=(0, 1)).argmax())
        row, column = np.unravel_index(maps[:, :, channel].argmax(), maps.shape[:2])
        return {"layer": layer, "channel": channel, "row": int(row), "column": int(column)}

    def _checked(self, class_names: Sequence[str] | None) -> list[str]:
        probabilities = self._outputs.probabilities(self._maps)
        if probabilities is None:
            return []
        names = [f"class {index}" for index in range(len(probabilities))] if class_names is None else class_names
        if len(names) != len(probabilities):
            raise Refused(
                f"{len(names)} class names do not fit a network with {len(probabilities)} classes: name each class"
            )
        return [str(name) for name in names]

    @traitlets.validate("picture")
    def _known_picture(self, proposal: dict[str, Any]) -> int:
        if proposal["value"] >= len(self._images):
            raise Refused(f"there is no picture {proposal['value']}: choose one from 0 to {len(self._images) - 1}")
        return proposal["value"]

    @traitlets.validate("layer")
    def _known_layer(self, proposal: dict[str, Any]) -> str:
        if proposal["value"] not in self._maps:
            raise Refused(
                f"there is no layer {proposal['value'][:40]!r} to look at: "
                f"choose one of {', '.join([*self._maps][:20])}"
            )
        return proposal["value"]

    @traitlets.observe("picture", "layer")
    def _changed(self, change: dict[str, Any]) -> None:
        if self._state:
            self._look()

    @traitlets.observe("channel", "row", "column")
    def _keep_inside(self, change: dict[str, Any]) -> None:
        if self._state:
            self._clamp()

    def _clamp(self) -> None:
        maps = self._maps_as_pictures()
        for name, size_of in zip(("row", "column", "channel"), maps.shape):
            setattr(self, name, min(getattr(self, name), size_of - 1))

    def _maps_as_pictures(self) -> np.ndarray:
        maps = self._maps[self.layer]
        return maps if maps.ndim == 3 else squares(maps)[:, :, np.newaxis]

    def _look(self) -> None:
        if self._state.get("picture") != self.picture:
            self._maps = self._outputs(self._images[self.picture])
        picture, maps = seen(self._images[self.picture]), self._maps_as_pictures()
        together, units = mosaic(maps), self._maps[self.layer]
        with self.hold_sync():
            self._clamp()
            self.pixels = picture.tobytes()
            self.maps = together.astype("<f4").tobytes()
            self.shown = self._state = {
                **{"picture": self.picture, "layer": self.layer, "label": self._label(), "answers": self._answers()},
                **{"size": list(picture.shape), "tile": list(maps.shape[:2]), "maps": maps.shape[2]},
                **{"across": across(maps.shape[2]), "width": together.shape[1]},
                **{"units": len(units) if units.ndim == 1 else 0},
                **{"reach": float(np.abs(np.nan_to_num(units)).max()), "signed": bool((units < 0).any())},
            }

    def _label(self) -> str:
        if self._labels is None:
            return ""
        label = int(self._labels[self.picture])
        return f"labelled {self._names[label] if self._names else label}"

    def _answers(self) -> list[list]:
        values = self._outputs.probabilities(self._maps)
        if values is None:
            return []
        values = np.nan_to_num(values)  # JSON knows no NaN
        order = np.argsort(-values, kind="stable")[:MOST_ANSWERS]
        return [[self._names[index], float(values[index])] for index in order]

    def feature_maps(self) -> np.ndarray:
        """The chosen layer's output for the chosen picture: height × width × channels, or units."""
        return self._maps[self.layer]

    def words(self) -> str:
        """Number and size of the pictures, and the layers' kinds and sizes."""
        layers = [f"{kind} {size(shape)}" for _, kind, shape in self._layers]
        if len(layers) > 12:
            layers[6:-6] = ["…"]
        pictures = f"{len(self._images)} pictures of {size(self._images.shape[1:])}"
        return f"{pictures}; {len(self._layers)} layers: {', '.join(layers)}"

    def figure(self) -> "Figure":
        """The picture, all maps of the chosen layer, one of them large, and the probabilities."""
        figure, axes = plots.new_figure(1, 4, 11.0, 3.1)
        axes[0, 0].get_gridspec().set_width_ratios([1, 1.8, 1.2, 0.9])
        for axis in axes[0, :3]:
            axis.axis("off")
        picture, maps = seen(self._images[self.picture]), self._maps_as_pictures()
        axes[0, 0].imshow(picture.squeeze(), cmap="gray", vmin=0, vmax=255)
        axes[0, 0].set_title(f"picture {self.picture}\n{self._label()}", fontsize=10)
        self._draw(axes[0, 1], mosaic(maps), f"{self.layer}\n{size(self.feature_maps().shape)}")
        self._draw(axes[0, 2], maps[:, :, self.channel], f"map {self.channel}")
        axes[0, 2].figure.colorbar(axes[0, 2].images[0], ax=axes[0, 2], shrink=0.7)
        self._draw_answers(axes[0, 3])
        return figure

    def _draw(self, axis: "Axes", numbers: np.ndarray, title: str) -> None:
        reach = self._state["reach"] or 1.0
        signed = {"cmap": plots.DIVERGING, "vmin": -reach, "vmax": reach}
        axis.imshow(
            numbers,
            interpolation="nearest",
            **(signed if self._state["signed"] else {"cmap": "gray", "vmin": 0, "vmax": reach}),
        )
        axis.set_title(title, fontsize=10)

    def _draw_answers(self, axis: "Axes") -> None:
        names, values = zip(*self._state["answers"]) if self._state["answers"] else ((), ())
        axis.barh(range(len(names)), values, color=[VERMILION] + [BLUE] * (len(names) - 1))
        axis.set_yticks(range(len(names)), names, fontsize=8)
        axis.invert_yaxis()
        axis.set_title("probability", fontsize=10)
        axis.spines[["top", "right"]].set_visible(False)


def _pictures(images: np.ndarray) -> np.ndarray:
    array = np.asarray(images)
    if array.ndim != 4 or array.shape[3] not in (1, 3) or not array.size or array.dtype.kind not in "biuf":
        raise Refused(
            f"images of shape {array.shape} and type {array.dtype} cannot be walked through: "
            "give pictures × height × width × channels, with 1 or 3 channels"
        )
    return array


def _labels(labels: Sequence[int] | None, count: int, class_names: Sequence[str] | None) -> np.ndarray | None:
    if labels is None:
        return None
    array = np.asarray(labels)
    if array.shape != (count,) or array.dtype.kind not in "iu":
        raise Refused(f"labels of shape {array.shape} do not fit {count} pictures: give one class number for each")
    if class_names is not None and not (array.min() >= 0 and array.max() < len(class_names)):
        raise Refused(
            f"the labels run from {array.min()} to {array.max()}, but {len(class_names)} class names are numbered "
            f"0 to {len(class_names) - 1}: give a name for each class"
        )
    return array


def _refuse_large(layers: list[list]) -> None:
    for name, _, shape in layers:
        if np.prod(shape) > MOST_NUMBERS:
            raise Refused(
                f"the layer {name!r} gives {size(shape)} numbers, more than {MOST_NUMBERS:,}: take smaller pictures"
            )


def _first_with_maps(layers: list[list]) -> str:
    several = [name for name, _, shape in layers if len(shape) == 3 and shape[2] > 3]
    return (several or [layers[0][0]])[0]
