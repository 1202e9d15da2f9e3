"""The outputs of a model: which of them is the score, and values for each of them in the structure that Keras has."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sweep.data.inputs import Inputs, in_each, sample_shape
from sweep.errors import InputError, nearest
from sweep.models.layers import outputs_as_given


@dataclass(frozen=True)
class ModelOutputs:
    """What a model gives.

    shapes: output -> its shape (None, k, ...), in the order of the model. kind: dict, list or tuple, as the model gives
    several; None for one array, whose name is "". scored: the one that is the score. said: whether study or data
    named it; the first was taken otherwise.
    """

    shapes: dict[str, tuple[int | None, ...]]
    kind: type[Any] | None
    scored: str
    said: bool = True

    @property
    def several(self) -> bool:
        """Return whether the model gives a mapping, a list or a tuple."""
        return self.kind is not None

    def score(self, found: Any) -> Any:
        """Return the scored output, (n, k), of what the model gave."""
        if self.kind is None:
            return found
        return found[self.scored] if self.kind is dict else found[list(self.shapes).index(self.scored)]

    def in_structure(self, value: Callable[[str], Any]) -> Any:
        """Return value(output) for each output, in the structure that the model gives."""
        if self.kind is None:
            return value("")
        values = {name: value(name) for name in self.shapes}
        return values if self.kind is dict else self.kind(values.values())

    def structured(self, values: Any) -> Any:
        """Return labels or weights of a batch in the structure that the model gives.

        values: (n,), of the scored output, or output -> (n, ...). An output without any gets those of the scored one:
        Keras wants some, and without a loss it does not look at them.
        """
        if self.kind is None:
            return values
        by_name = values if isinstance(values, dict) else {self.scored: values}
        return self.in_structure(lambda name: by_name.get(name, by_name[self.scored]))


def outputs_of(use: str, model: Any, x: Any, output: str | None, labelled: tuple[str, ...] = ()) -> ModelOutputs:
    """Return the outputs of a built model for inputs like x; a subclassed model must be asked.

    Args:
        use: the function that made it.
        model: built.
        x: inputs of a split.
        output: the one that the study names as the score, or None.
        labelled: outputs that have labels, in the order of the data; () where the labels are of the scored one alone.

    Raises:
        InputError: outputs inside of outputs, no output of a name, or none named where two may be meant.
    """
    given = _given(model, x)
    kind = next((each for each in (dict, list, tuple) if isinstance(given, each)), None)
    if kind is None:
        if len(labelled) > 1 or output not in (None, *labelled):
            what = f"train.output: {output}" if output is not None else f"labels of {', '.join(labelled)}"
            raise InputError(
                f"model: expected {use} to return a model with several outputs, for {what}. Received: one output. "
                "Leave the name and all other labels out, or return keras.Model(inputs, {name: output, ...})."
            )
        return ModelOutputs({"": tuple(given.shape)}, None, "")
    names = [str(key) for key in given] if kind is dict else _names(model, len(given))
    parts = list(given.values()) if kind is dict else list(given)
    if not parts or any(not hasattr(part, "shape") for part in parts):
        raise InputError(
            f"model: expected {use} to return a model whose outputs are arrays, in one mapping or list. Received: "
            f"{'none' if not parts else 'a mapping or list inside of another'}."
        )
    for name in (*((output,) if output is not None else ()), *labelled):
        if name not in names:
            where = "train.output" if name == output else "y"
            raise InputError(
                f"{where}: expected outputs of the model ({', '.join(names)}). Received: {name}.{nearest(name, names)}"
            )
    if output is None and labelled and labelled[0] != names[0]:
        raise InputError(
            f"train.output: expected a name, as the first output of the model is {names[0]} and the first labels are "
            f"of {labelled[0]}. Received: none. Say `train: {{output: {names[0]}}}` or `{{output: {labelled[0]}}}`."
        )
    shapes = {name: tuple(part.shape) for name, part in zip(names, parts, strict=True)}
    said = output is not None or len(names) == 1
    return ModelOutputs(shapes, kind, output or names[0], said)


def symbolic_inputs(x: Any) -> Any:
    """Return Keras's placeholders for a batch of inputs like x, of any size."""
    import keras

    def placeholder(shape: tuple[int, ...]) -> Any:
        return keras.KerasTensor((None, *shape))

    shapes = sample_shape(x)
    return in_each(placeholder, shapes) if isinstance(x, Inputs) else placeholder(shapes)


def _given(model: Any, x: Any) -> Any:
    """Return the outputs, or what has their shapes, in the structure that the model gives."""
    found = outputs_as_given(model)
    if found is None:
        plain = getattr(model, "outputs", None)  # of a Sequential
        return plain[0] if plain else model.compute_output_spec(symbolic_inputs(x))
    return found[0] if isinstance(found, list | tuple) and len(found) == 1 else found  # as Keras gives one in a list


def _names(model: Any, n: int) -> list[str]:
    """Return the names of outputs in a list: of the layers that make them, or output_1, output_2, ..."""
    found = [str(name) for name in getattr(model, "output_names", None) or ()]
    return found if len(set(found)) == n == len(found) else [f"output_{at}" for at in range(1, n + 1)]
