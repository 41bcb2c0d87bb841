"""A recogniser as an ONNX or a LiteRT model for other programs, in float32 and in int8, with what that costs."""

import dataclasses
import importlib.util
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from imgrec_lib.files import write_whole
from imgrec_lib.progress import Report
from imgrec_lib.quiet import quiet
from imgrec_lib.recognising import familiarity, networks
from imgrec_lib.recognising.document import Description, RecogniserError

if TYPE_CHECKING:
    from imgrec_lib.collecting import Problem
    from imgrec_lib.recogniser import Recogniser
    from imgrec_lib.recognising.exporting_pictures import Pictures

SUFFIXES = {"onnx": ".onnx", "litert": ".tflite"}
# Parts that stay in float32 in an int8 model. Their kernels are large against what ReLU6 lets through, and eight bits
# are too coarse: among 1000 classes at a side of 160, 92 % of 192 answers stay instead of 81 %, for 20 kB. It also
# helps processors without VNNI, where large sums are cut off: 22 of 24 answers stay there (emulated). The familiarity
# has a steep slope, on which eight bits are steps; ONNX Runtime keeps it from rounding in the logits too.
IN_FLOAT = {"efficientnet_lite0": ("rescaling", "stem", "block_01", "block_02", familiarity.LOGITS)}


@dataclass(frozen=True)
class Model:
    """A written file: its size in bytes, its share of right answers, and that of answers equal to float32's."""

    path: Path
    size: int
    accuracy: float | None
    equal: float


@dataclass(frozen=True)
class Exported:
    """The float32 model, the int8 one where it was asked for, the other files, and how they were measured."""

    models: list[Model]
    beside: list[Path]
    sentence: str
    problems: "list[Problem]" = dataclasses.field(default_factory=list)

    def lines(self) -> list[str]:
        """The whole finding in plain text."""
        width = max(len(str(model.path)) for model in self.models)
        found = [f"{model.path!s:<{width}}  {model.size / 1e6:5.1f} MB{self._measured(model)}" for model in self.models]
        found += [f"{path} says what goes in and what comes out." for path in self.beside]
        return [*found, self.sentence] if self.sentence else found

    def _measured(self, model: Model) -> str:
        first = self.models[0]
        words = "" if model.accuracy is None else f", accuracy {model.accuracy:.3f}"
        if model is first:
            return words
        if model.accuracy is not None:
            words += f", accuracy lost {first.accuracy - model.accuracy:.3f}"
        return f"{words}, equal answers {model.equal:.3f}, {first.size / model.size:.2f} times smaller"


def export(
    recogniser: "Recogniser",
    to: str,
    out: str | os.PathLike,
    *,
    photos: str | os.PathLike | None = None,
    float_only: bool = False,
    report: Report = lambda words, share: None,
) -> Exported:
    """Write the recogniser as `out`, float32, and beside it as NAME.int8.SUFFIX; `to` is "onnx" or "litert".

    `photos` is a source that `collecting.gather` takes: what the recogniser was trained on finds the ranges for int8,
    the others measure both models. Raises ValueError, OSError or ImportError, and then no file is written.
    """
    from imgrec_lib.recognising.exporting_pictures import embedded, gathered

    path = checked_out(to, out)
    problems: list[Problem] = []
    pictures = None
    if photos is not None:
        pictures, collection = gathered(recogniser.description, photos, lambda words, share: report(words, 0.2 * share))
        problems = collection.problems
    elif not float_only:
        pictures = embedded(recogniser.description.side)
    report("Writing the network as another program reads it.", 0.2)
    contents = _contents(recogniser, to, path, None if pictures is None or float_only else pictures.calibrating, report)
    models = _measured(recogniser, to, contents, pictures, report)
    beside = {}
    if to == "litert":
        beside[path.with_suffix(".json")] = (
            json.dumps(facts(recogniser.description), ensure_ascii=False, indent=2) + "\n"
        )
    for file, content in {**contents, **beside}.items():
        write_whole(file, content)
    return Exported(models, list(beside), pictures.sentence if pictures else "", problems)


def checked_out(to: str, out: str | os.PathLike) -> Path:
    """The path to write to, once it is sure that it could be; raises ValueError or OSError."""
    if to not in SUFFIXES:
        raise ValueError(f"there is no export to {to!r}; choose {' or '.join(SUFFIXES)}")
    path = Path(out)
    if path.suffix != SUFFIXES[to]:
        raise ValueError(f"{path} does not end in {SUFFIXES[to]}, as a model for {to} does; give --out another name")
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; give --out the name of a file")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent}; make it, or give --out another")
    return path


def facts(description: Description) -> dict[str, Any]:
    """What a program has to know to use an exported model, ready for JSON."""
    side = description.side
    return {
        "input": f"pictures: raw RGB 0…255, float32, count × {side} × {side} × 3",
        "output": f"logits: float32, count × {len(description.class_names)}",
        "answer": "softmax(logits / temperature); below the threshold the largest means none of these",
        "class_names": list(description.class_names),
        "side": side,
        "temperature": description.temperature,
        "threshold": description.threshold,
        "imgrec": description.imgrec,
    }


def litert_model(recogniser: "Recogniser") -> bytes:
    """The recogniser as a LiteRT model in float32, from raw pictures, count × side × side × 3, to logits."""
    from imgrec_lib.recognising.litert import converted

    return converted(recogniser.network(), json.dumps(facts(recogniser.description)))


def onnx_model(recogniser: "Recogniser") -> bytes:
    """The recogniser as an ONNX model in float32, from raw pictures, count × side × side × 3, to logits."""
    own = networks.is_own(recogniser.description.network)
    return _with_facts(recogniser.graph() if own else _through_keras(recogniser), recogniser.description)


def _through_keras(recogniser: "Recogniser") -> bytes:
    name = recogniser.description.network
    if importlib.util.find_spec("tf2onnx") is None:
        raise ImportError(
            f"{name} is turned into ONNX by tf2onnx, which is not installed; run `pip install tf2onnx`, or export "
            "it to litert"
        )
    with tempfile.TemporaryDirectory(prefix="imgrec-") as folder, quiet():
        path = Path(folder, "model.onnx")
        try:
            import keras

            network = recogniser.network()
            pictures = keras.InputSpec(shape=network.input_shape, dtype="float32", name="pictures")
            network.export(path, format="onnx", verbose=False, input_signature=[pictures])
        except Exception as error:  # tf2onnx raises whatever it met.
            reason = f"{type(error).__name__}: {' '.join(str(error).split())[:150]}"
            raise RecogniserError(f"tf2onnx cannot turn {name} into ONNX ({reason}); export it to litert") from error
        return path.read_bytes()


def _with_facts(model: bytes, description: Description) -> bytes:
    """The ONNX model with the facts among its metadata: words as they are, everything else as JSON."""
    import onnx

    found = onnx.load_from_string(model)
    for name, value in facts(description).items():
        found.metadata_props.add(
            key=name, value=value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        )
    return found.SerializeToString()


def _contents(
    recogniser: "Recogniser", to: str, path: Path, calibrating: np.ndarray | None, report: Report
) -> dict[Path, bytes]:
    """The models by the paths that they will have: float32, and int8 where there are pictures to calibrate on."""
    small = path.with_suffix(f".int8{path.suffix}")
    in_float = (familiarity.NAME, *IN_FLOAT.get(recogniser.description.network, ()))
    if to == "onnx":
        from imgrec_lib.recognising import quantising_onnx

        found = {path: onnx_model(recogniser)}
        if calibrating is not None:
            report("Finding the ranges for int8.", 0.4)
            found[small] = quantising_onnx.quantised(found[path], calibrating, in_float)
        return found
    from imgrec_lib.recognising import litert

    network, words = recogniser.network(), json.dumps(facts(recogniser.description))
    found = {path: litert.converted(network, words)}
    if calibrating is not None:
        report("Finding the ranges for int8.", 0.4)
        found[small] = litert.quantised(network, words, calibrating, found[path], in_float)
    return found


def _measured(
    recogniser: "Recogniser", to: str, contents: dict[Path, bytes], pictures: "Pictures | None", report: Report
) -> list[Model]:
    if pictures is None:
        return [Model(path, len(content), None, 1.0) for path, content in contents.items()]
    report("Measuring.", 0.7)
    answers = [_answers(content, to, pictures.measuring) for content in contents.values()]
    labels = pictures.labels
    return [
        Model(
            path, len(content), None if labels is None else float(np.mean(some == labels)),
            float(np.mean(some == answers[0])),
        )
        for (path, content), some in zip(contents.items(), answers, strict=True)
    ]  # fmt: skip


def _answers(model: bytes, to: str, pictures: np.ndarray) -> np.ndarray:
    """The places of the largest logits, as the program that will run the model finds them."""
    from imgrec_lib.recognising.runtimes import LiteRTRuntime, OnnxRuntime, in_batches

    with quiet():
        runtime = (OnnxRuntime if to == "onnx" else LiteRTRuntime)(model, pictures.shape[1:])
        return in_batches(runtime, pictures).argmax(axis=1)
