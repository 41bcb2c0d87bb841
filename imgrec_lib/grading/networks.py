"""What makes a short training start sooner in a worker, and changes nothing of what it learns.

A training of a few seconds is mostly preparation. Keras traces the first step twice with TensorFlow, since the
metrics and the optimizer make their variables during the first tracing; made before it, one tracing is enough.
TensorFlow then rearranges the traced graph for speed, which a training of minutes did not gain from here either.
"""

import sys
from typing import Any


def quicken() -> None:
    """Let networks of this process and its forks start sooner, where TensorFlow is imported; its runtime stays off."""
    if tensorflow := sys.modules.get("tensorflow"):
        tensorflow.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
        _build_before_tracing(sys.modules["keras"].Model)


def _build_before_tracing(model: Any) -> None:
    """Wrap what `fit` and `evaluate` do before they trace; with a Keras that has no such place, nothing is wrapped."""
    before = getattr(model, "_maybe_symbolic_build", None)
    if before is None:
        return

    def build(self: Any, iterator: Any = None, data_batch: Any = None) -> None:
        before(self, iterator=iterator, data_batch=data_batch)
        try:
            _build(self, iterator)
        except Exception:  # Then the variables are made during the tracing, as Keras does it, with its own words
            return

    model._maybe_symbolic_build = build


def _build(network: Any, iterator: Any) -> None:
    """Make the variables of the optimizer and the metrics of a network with one output and one target."""
    if not network.built:
        return
    if not network.optimizer.built:
        network.optimizer.build(network.trainable_variables)
    keras, (_, target, *_) = sys.modules["keras"], iterator._distributed_dataset.element_spec
    (output,), target = network.outputs, keras.KerasTensor(target.shape, target.dtype.name)
    for part in (network._compile_metrics, network._compile_loss):
        if part is not None and not part.built:
            part.build(target, output)
