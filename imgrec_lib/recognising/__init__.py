"""A recogniser of your own: its file, its networks, how it is trained, measured and exported."""

RUNTIMES = ("onnx", "keras", "litert")
