"""A recogniser of your own: its file, its networks, how it is trained, measured and exported."""

NONE = "none of these"  # the answer below the threshold, and so no name for a class
HEAD = "head_dense"  # the dense layer that gives the evidence for each class, from features
RUNTIMES = ("onnx", "keras", "litert")
