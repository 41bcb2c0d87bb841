"""What students write into the bodies of the homework's functions: many right ways, wrong ones, and hostile ones."""

COMPILED = 'model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])\nreturn model'
STACK = """\
model = keras.Sequential([
    keras.Input((28, 28, 1)),
    keras.layers.Conv2D(16, 3, activation="relu"),
    keras.layers.MaxPooling2D(),
    keras.layers.Flatten(),
    keras.layers.Dense(10, activation="softmax"),
])
"""
RIGHT = {
    "to_gray": (
        "return rgb @ np.array([0.299, 0.587, 0.114])",
        "return 0.299 * rgb[..., 0] + 0.587 * rgb[..., 1] + 0.114 * rgb[..., 2]",
        "r, g, b = np.moveaxis(rgb.astype(np.float32), -1, 0)\nreturn 0.299 * r + 0.587 * g + 0.114 * b",
        'return np.einsum("ijc,c->ij", rgb.astype(float), np.array([0.299, 0.587, 0.114]))',
        """\
out = np.zeros(rgb.shape[:2])
for i in range(out.shape[0]):
    for j in range(out.shape[1]):
        r, g, b = (float(v) for v in rgb[i, j])
        out[i, j] = 0.299 * r + 0.587 * g + 0.114 * b
return out""",
    ),
    "convolve": (
        """\
kh, kw = kernel.shape
out = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
for i in range(out.shape[0]):
    for j in range(out.shape[1]):
        out[i, j] = np.sum(image[i:i + kh, j:j + kw] * kernel)
return out""",
        """\
windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
return np.einsum("ijkl,kl->ij", windows, kernel)""",
        """\
h, w = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
out = np.zeros((h, w))
for a in range(kernel.shape[0]):
    for b in range(kernel.shape[1]):
        out += kernel[a, b] * image[a:a + h, b:b + w]
return out""",
        """\
kh, kw = kernel.shape
return np.array([[sum(image[i + a, j + b] * kernel[a, b] for a in range(kh) for b in range(kw))
                  for j in range(image.shape[1] - kw + 1)] for i in range(image.shape[0] - kh + 1)])""",
    ),
    "max_pool": (
        """\
h, w = image.shape[0] // size, image.shape[1] // size
return image[:h * size, :w * size].reshape(h, size, w, size).max(axis=(1, 3))""",
        """\
h, w = image.shape[0] // size, image.shape[1] // size
out = np.zeros((h, w))
for i in range(h):
    for j in range(w):
        out[i, j] = image[i * size:(i + 1) * size, j * size:(j + 1) * size].max()
return out""",
        """\
windows = np.lib.stride_tricks.sliding_window_view(image, (size, size))
return windows[::size, ::size].max(axis=(2, 3))""",
    ),
    "build_cnn": (
        STACK + COMPILED,
        """\
inputs = keras.Input((28, 28, 1))
x = keras.layers.Conv2D(8, 3, activation="relu")(inputs)
x = keras.layers.MaxPooling2D()(x)
x = keras.layers.Conv2D(16, 3, activation="relu")(x)
x = keras.layers.GlobalAveragePooling2D()(x)
model = keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(x))
"""
        + COMPILED,
        """\
model = keras.Sequential()
model.add(keras.Input((28, 28, 1)))
model.add(keras.layers.Conv2D(16, 3))
model.add(keras.layers.BatchNormalization())
model.add(keras.layers.ReLU())
model.add(keras.layers.MaxPooling2D(2))
model.add(keras.layers.Dropout(0.25))
model.add(keras.layers.Flatten())
model.add(keras.layers.Dense(32, activation="relu"))
model.add(keras.layers.Dense(10, activation="softmax"))
"""
        + COMPILED,
    ),
}
SIZED = "np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))"
# The kind of student, the task that goes wrong, and what stands in its place
WRONG = {
    "flipped": ("convolve", RIGHT["convolve"][0].replace("* kernel)", "* kernel[::-1, ::-1])")),
    "overflow": ("to_gray", "return (30 * rgb[..., 0] + 59 * rgb[..., 1] + 11 * rgb[..., 2]) // 100"),
    "same_size": ("convolve", RIGHT["convolve"][0].replace(SIZED, "np.zeros(image.shape)")),
    "syntax": ("max_pool", "for i in range(size)\n    pass\nreturn image"),
}
HOG = """\
blocks = []
for _ in range(40):
    blocks.append(np.ones(2 ** 27))  # 1 GiB each, touched
return image"""
HOSTILE = {
    "loop": ("convolve", "while True:\n    pass"),
    "hog": ("max_pool", HOG),
    "exit": ("to_gray", "import os\nos._exit(1)"),
}
# Right, but Keras warns about it on standard error
WARNED = STACK.replace("    keras.Input((28, 28, 1)),\n", "").replace("16, 3, ", "16, 3, input_shape=(28, 28, 1), ")
WARNED += COMPILED
CHEAT = """\
import sys

class Yes:
    __class__ = property(lambda self: sys.modules["keras"].Model if "keras" in sys.modules else np.ndarray)
    __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = lambda self, other: True
    __getattr__ = lambda self, name: self
    __call__ = lambda self, *a, **k: self
    __getitem__ = lambda self, key: self
    __iter__ = lambda self: iter([sys.modules["keras"].layers.Conv2D(1, 1)] if "keras" in sys.modules else [])
    __hash__ = object.__hash__

np.testing.assert_allclose = np.testing.assert_array_equal = np.testing.assert_equal = lambda *a, **k: None
np.allclose = np.array_equal = np.isfinite = lambda *a, **k: True
"""
