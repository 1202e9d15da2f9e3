"""The configurations of a study: found by name, taken alone, and whether their seeds are worth pairing."""

from dataclasses import replace
from typing import Any

from sweep.errors import InputError, nearest
from sweep.store.store import Results

_SECTIONS = ("train", "model", "data", "tests", "fit", "trial")


def shares_a_factor(results: Results) -> bool:
    """Return whether equal seeds of two configurations are worth pairing.

    They are where the split follows the seed, so that equal seeds share their data, and where the study holds a stream
    beside the split still, so that the seed stands for what is left. Otherwise seeds are independent draws.
    """
    hold = results.study["resolved"].get("hold", {})
    return "split" not in hold or len(hold) > 1


def config_named(results: Results, name: str) -> str:
    """Return the config_id of a configuration that is named by its id, its label, or the label without sections.

    Raises:
        InputError: no such configuration.
    """
    labels = {key: said["label"] for key, said in results.study["configurations"].items()}
    for key, label in labels.items():
        if name in (key, label, *(label.replace(f"{section}.", "") for section in _SECTIONS)):
            return str(key)
    known = [label or key for key, label in labels.items()]
    raise InputError(f"Expected a configuration: {', '.join(known)}. Received: {name}.{nearest(name, known)}")


def of_configuration(results: Results, config_id: str) -> Results:
    """Return the results with the plan of one configuration alone."""
    study: dict[str, Any] = dict(results.study)
    study["configurations"] = {config_id: results.study["configurations"][config_id]}
    study["plan"] = [one for one in results.study["plan"] if one["config_id"] == config_id]
    return replace(results, study=study)
