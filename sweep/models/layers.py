"""The layers of a Keras model: the one place that walks Keras's private tree of them."""

from collections.abc import Iterator
from typing import Any


def every_layer(model: Any) -> list[Any]:
    """Return a model or layer and every layer inside it at any depth, each once, in the order of Keras's own tree."""
    return list(model._flatten_layers()) if hasattr(model, "_flatten_layers") else [model]


def innermost_layers(model: Any) -> Iterator[Any]:
    """Yield the layers of a model in their order, its inner models opened: none of them is a model itself."""
    import keras

    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from innermost_layers(layer)
        else:
            yield layer


def calls_of_layers(model: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield (layer, keywords of the call) for each call that a Functional model is made of; nothing of another one.

    An inner model is one layer here: ask for its calls in turn.
    """
    for nodes in getattr(model, "_nodes_by_depth", {}).values():
        for node in nodes:
            yield node.operation, node.arguments.kwargs


def last_layers(model: Any, output: Any = None) -> Iterator[Any]:
    """Yield the layers that lead to a Functional model's output, from the last one back, inner models opened.

    output: one of its tensors; None is the first.
    """
    import keras

    outputs = getattr(model, "outputs", None) if output is None else [output]
    while outputs:
        history = outputs[0]._keras_history
        layer = history.operation
        if isinstance(layer, keras.Model):
            outputs = getattr(layer, "outputs", None)
        else:
            yield layer
            outputs = layer._inbound_nodes[history.node_index].input_tensors


def outputs_as_given(model: Any) -> Any:
    """Return a Functional model's outputs in the list or mapping that it was made with; None of another model."""
    return getattr(model, "_outputs_struct", None)


def inputs_as_given(model: Any) -> Any:
    """Return a Functional model's inputs in the list or mapping that it was made with; None of another model."""
    return getattr(model, "_inputs_struct", None)


def adds_losses_in_calls(model: Any) -> bool:
    """Return whether some layer added a loss when the model was last called; those of weights alone do not count."""
    return any(layer._losses for layer in every_layer(model))
