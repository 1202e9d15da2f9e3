"""What hands out the batches of train, an object of the user's or what his function makes, walked pass by pass."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sweep.data.arrays import hands_out_batches
from sweep.data.splits import SPLIT_NAMES, Split, Splits
from sweep.errors import OF_USERS_CODE, InputError, SweepError, one_line

_INFINITE, _UNKNOWN = math.inf, math.nan
EXPECTED = "train: expected batches (x, y) or (x, y, sample_weight)"


def stream_in(value: object) -> Any:
    """Return what hands out the batches of train, of what a data function returned; None where train is arrays."""
    train: Any = None
    if isinstance(value, Splits):
        train = value.train
    elif isinstance(value, Mapping):
        found = [value[key] for key in value if str(key).lower() in SPLIT_NAMES["train"]]
        train = found[0] if len(found) == 1 else None
    if isinstance(train, Split):
        return None
    makes = callable(train) and not isinstance(train, type) and not hasattr(train, "__array__")
    return train if makes or hands_out_batches(train) else None


class Source:
    """Hands out the batches of train in passes: all of an object's batches, from the first to the last.

    given: what the user made. kind: its name for a person, such as "tf.data.Dataset". made_by_function: whether a
    function `train(run)` made it. once: whether it can be walked once only, as a generator. length: batches of a pass;
    infinite for one without end, NaN where nobody knows.
    """

    def __init__(self, train: Any, run: Any) -> None:
        """Take an object, or a function and the `run` that it is called with.

        Raises:
            InputError: the function raises, or returns something else than batches.
        """
        self._function: Callable[[Any], Any] | None = None if hands_out_batches(train) else train
        self._run, self._walked = run, False
        self.made_by_function = self._function is not None
        self.given = train if self._function is None else self._made()
        self.kind, self.once = _kind(self.given), _is_iterator(self.given)
        self.length = _length(self.given)

    @property
    def for_user(self) -> Any:
        """Return what a training loop of the user's iterates: his object, or this, which makes it anew each time."""
        return self if self.once and self.made_by_function else self.given

    @property
    def workers(self) -> bool:
        """Return whether a PyDataset asks for threads or processes of its own."""
        return _by_number(self.given) and (
            getattr(self.given, "workers", 1) > 1 or bool(getattr(self.given, "use_multiprocessing", False))
        )

    def __iter__(self) -> Iterator[Any]:
        """Yield the batches of one pass, as the user hands them out.

        Raises:
            InputError: the user's code raises; or it is a generator that was walked before.
        """
        if self._walked and self.once:
            if not self.made_by_function:
                raise InputError(
                    "train: expected it to hand out its batches again. Received: a generator, which can be walked "
                    "once. Return a function train(run) that makes it: it is called anew for each pass."
                )
            self.given = self._made()
        self._walked = True
        number = 0
        try:
            for batch in _batches(self.given):
                yield batch
                number += 1
        except SweepError:
            raise
        except OF_USERS_CODE as error:
            raise InputError(f"{EXPECTED}. It raised {one_line(error)} in batch {number + 1}.") from error

    def _made(self) -> Any:
        try:
            made = self._function(self._run)  # type: ignore[misc]  # there is one
        except SweepError:
            raise
        except OF_USERS_CODE as error:
            raise InputError(
                f"train: expected the function train(run) to return batches. It raised {one_line(error)}."
            ) from error
        if not hands_out_batches(made):
            raise InputError(
                "train: expected the function train(run) to return or yield batches. Received: "
                f"{'nothing' if made is None else type(made).__name__}."
            )
        return made


def _batches(given: Any) -> Iterator[Any]:
    if not _by_number(given):
        yield from given
        return
    length = _length(given)
    _tell(given, "on_epoch_begin")
    number = 0
    while number < length:
        yield given[number]
        number += 1
    _tell(given, "on_epoch_end")


def _tell(given: Any, hook: str) -> None:
    if hasattr(given, hook):
        getattr(given, hook)()


def _by_number(given: Any) -> bool:
    """Return whether batches are asked for by their number, as of a PyDataset, or of a class like it without __iter__.

    A PyDataset can be iterated too, but then nobody tells it of the end of an epoch, where it draws a new order.
    """
    return hasattr(given, "__getitem__") and (hasattr(given, "num_batches") or not hasattr(given, "__iter__"))


def _is_iterator(given: Any) -> bool:
    return hasattr(given, "__next__") and hasattr(given, "__iter__")


def _kind(given: Any) -> str:
    names = {kind.__name__: kind.__module__.partition(".")[0] for kind in type(given).__mro__}
    if names.get("DatasetV2") == "tensorflow":
        return "tf.data.Dataset"
    if names.get("PyDataset") == "keras":
        return "PyDataset"
    return str(type(given).__name__)


def _length(given: Any) -> float:
    if hasattr(given, "cardinality"):
        n = int(given.cardinality())
        return n if n >= 0 else _INFINITE if n == -1 else _UNKNOWN
    if _by_number(given) and hasattr(given, "num_batches"):
        return _INFINITE if given.num_batches is None else int(given.num_batches)
    try:
        return len(given)
    except (TypeError, NotImplementedError):
        return _INFINITE if _by_number(given) else _UNKNOWN
