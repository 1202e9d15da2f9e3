"""Further test sets of a study, `tests: {B: {use: ...}}`: their names, and which functions are told of the division."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sweep.metrics.elsewhere import fault_of_name
from sweep.study import code

if TYPE_CHECKING:
    from sweep.study.study import Study


def check_tests(tests: Any) -> None:
    """Raise ValueError unless the names of further test sets can stand in columns, as metric.NAME.hter does.

    A pydantic validator calls this, hence the ValueError; its text continues "expected ...".
    """
    for name in tests if isinstance(tests, Mapping) else ():
        if why := fault_of_name(str(name)):
            raise ValueError(f"{why}. Received: {name!r}")


def check_one_model(study: "Study") -> None:
    """Raise ValueError where a run has a model for each fold, so that no one model is there to be tested elsewhere."""
    if study.tests and study.division is not None:
        raise ValueError(
            "`tests` or `division`. Received: both; with folds a run has a model for each fold, and no one to test on "
            f"{', '.join(study.tests)}"
        )


def keywords_of_data(study: Mapping[str, Any]) -> list[Any]:
    """Return the values of all keywords of the data and further test sets of a study as JSON."""
    return [value for one in (study["data"], *(study.get("tests") or {}).values()) for value in one.values()]


def takes_split_seed(study: "Study", takes: Callable[[str, str], bool] = code.takes) -> bool:
    """Return whether data of a study may differ between seeds: whether any of its data functions takes a split_seed.

    takes: (function, parameter) -> whether it has it.
    """
    return any(takes(one.use, "split_seed") for one in (study.data, *study.tests.values()))
