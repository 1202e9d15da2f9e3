"""Which operations of a model are not known to give equal bits on every processor, told from its traced graph."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sweep.trial.portable.known import KNOWN

_TYPES = {"float32", "int32", "int64", "uint8", "uint32", "uint64", "int8", "bool", "resource", "string", "variant"}


@dataclass(frozen=True, order=True)
class NotPortable:
    """An operation of a graph. operation: as TensorFlow calls it, with its type where that is why. layer: where."""

    operation: str
    layer: str

    def __str__(self) -> str:
        """Return both."""
        return f"{self.operation} in {self.layer}"


def not_portable(tf: Any, model: Any, batch: tuple[Any, ...]) -> list[NotPortable]:
    """Return each operation of a compiled model's training step and prediction that is not known to be portable.

    Both are traced, and nothing is run. tf: TensorFlow. batch: x, y and weights, where samples have some, as `fit`
    takes them; only shapes and types count.
    """
    like = tf.nest.map_structure(_spec_of(tf), batch)

    def step(*parts: Any) -> Any:
        return model.train_step(parts)

    graphs = [tf.function(step).get_concrete_function(*like).graph]
    graphs.append(tf.function(lambda x: model(x, training=False)).get_concrete_function(like[0]).graph)
    found = {one for graph in graphs for node in _nodes(graph.as_graph_def()) for one in _of_node(tf, node)}
    return sorted(found)


def _spec_of(tf: Any) -> Any:
    def spec(array: Any) -> Any:
        array = tf.convert_to_tensor(array)
        return tf.TensorSpec((None, *array.shape[1:]), array.dtype)

    return spec


def _nodes(graph: Any) -> Iterator[Any]:
    yield from graph.node
    for function in graph.library.function:
        yield from function.node_def


def _of_node(tf: Any, node: Any) -> Iterator[NotPortable]:
    path = [part for part in node.name.split("/") if part != "gradient_tape"]
    layer = "/".join(path[:-1]) or "the training step"
    if node.op not in KNOWN:
        yield NotPortable(node.op, layer)
        return
    kinds = {tf.dtypes.as_dtype(value.type).base_dtype.name for value in node.attr.values() if value.type}
    for kind in sorted(kinds - _TYPES):
        yield NotPortable(f"{node.op} ({kind})", layer)
