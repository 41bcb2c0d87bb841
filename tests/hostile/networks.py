"""Attacks on the exercise that asks for a trained network: classes that lie, and files that run code when opened."""

from grading_hostile import Attack

from hostile.forging import YES

LYING_CLASS = """
import numpy as np
import keras

class Model:
    __module__, __qualname__ = "keras.src.models.model", "Model"
    @property
    def __class__(self):
        return keras.Model
    def __call__(self, images):
        return np.zeros((len(images), 5))
    def compute_loss(self, x=None, y=None, y_pred=None):
        self.labels = y
        return 0.0

def train_network(images, labels, classes):
    return Model()
"""
CUSTOM_LAYER = """
import gc, sys
import keras

class Cheating(keras.layers.Layer):
    def call(self, images):
        for one in gc.get_objects():
            if type(one).__name__ in ("Exercise", "Prepared") or isinstance(one, dict) and "new_labels" in one:
                return keras.ops.one_hot(keras.ops.convert_to_tensor(one["new_labels"]), 5)
        return keras.ops.zeros((images.shape[0], 5))

class Cheat(keras.Model):
    __eq__ = lambda self, other: True
    __hash__ = object.__hash__
    def __init__(self):
        super().__init__()
        self.cheating = Cheating()
    def call(self, images):
        return self.cheating(images)

def train_network(images, labels, classes):
    return Cheat()
"""
SAVED_FILES = """
import os, pickle
import keras

COMMAND = "touch {home}/{mark} /tmp/{mark} {classroom}/{mark} {report}/{mark}"

class Runs:
    def __reduce__(self):
        return os.system, (COMMAND,)

def train_network(images, labels, classes):
    network = keras.Sequential([keras.Input((24, 20)), keras.layers.Flatten(),
                                keras.layers.Lambda(lambda x: __import__("os").system(COMMAND) or x)])
    keras.config.enable_unsafe_deserialization()
    network.save("network.keras")
    with open("network.pkl", "wb") as file:
        pickle.dump(Runs(), file)
    keras.models.load_model("network.keras", safe_mode=False)
    network.get_config = lambda: {"class_name": "__lambda__", "config": Runs()}
    return network
"""
PATCHED_KERAS = """
import builtins
import keras
from imgrec_lib.exercises import elsewhere

builtins.issubclass = lambda *arguments: True
elsewhere.found = lambda path: object
keras.Model.__instancecheck__ = lambda *arguments: True
keras.utils.set_random_seed = lambda seed: None

class Network:
    def __call__(self, images):
        return [[float(number == len(images) % 5) for number in range(5)] for _ in images]

def train_network(images, labels, classes):
    return Network()
"""
YES_NETWORK = YES + "\ndef train_network(images, labels, classes):\n    return Yes()\n"
EXIT_IN_TRAINING = """
import os
import keras

class Exit(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        os._exit(0)

def train_network(images, labels, classes):
    network = keras.Sequential([keras.Input(images.shape[1:]), keras.layers.Flatten(), keras.layers.Dense(classes)])
    network.compile(loss="sparse_categorical_crossentropy")
    network.fit(images, labels, callbacks=[Exit()], verbose=0)
    return network
"""
LOOKED_UP = """
import keras
import numpy as np
from imgrec_lib import datasets

KINDS = (1, 2, 5, 8, 9)

def train_network(images, labels, classes):
    train = datasets.load("fashion_mnist").train
    known = {image[2:26, 4:24].tobytes(): int(label) for image, label in zip(train.images[:30_000], train.labels)}

    class LookedUp(keras.Model):
        def __call__(self, pictures):
            scores = np.full((len(pictures), classes), -5.0)
            for place, picture in enumerate(np.asarray(pictures)):
                label = known.get(picture.round().astype("uint8").tobytes())
                scores[place, KINDS.index(label) if label in KINDS else int(picture.sum()) % classes] = 5.0
            return scores

    return LookedUp()
"""

# The pictures are those of a set that every lesson may load, with its labels
KNOWN_HOLE = Attack("looked-up", {"train_network": LOOKED_UP}, lesson=3)
ATTACKS = tuple(
    Attack(name, {"train_network": source}, lesson=3)
    for name, source in {
        "lying-class": LYING_CLASS,
        "custom-layer": CUSTOM_LAYER,
        "saved-files": SAVED_FILES,
        "patched-keras": PATCHED_KERAS,
        "yes-network": YES_NETWORK,
        "exit-in-training": EXIT_IN_TRAINING,
    }.items()
)
