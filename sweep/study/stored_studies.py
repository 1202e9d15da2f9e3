"""The study of each stored configuration, from study.json: what a trial of it ran with."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from sweep.errors import InputError
from sweep.study.plan import configurations
from sweep.study.study import Study
from sweep.study.study_text import explain


def studies_of(document: Mapping[str, Any], place: object) -> dict[str, Study]:
    """Return config_id -> its study; a study of held streams names them in hp, as `sweep explain` stores them.

    document: study.json. place: the folder of results, for messages.

    Raises:
        InputError: what `resolved` holds is no study.
    """
    base = study_of(document, place)
    every = configurations(base)
    found = {one.config_id: one.study for one in every}
    labelled = {(one.key, one.label): one.study for one in every}
    keys = document.get("keys", {})
    for config_id, said in document["configurations"].items():
        streams = {key.removeprefix("stream."): int(v) for key, v in said["hp"].items() if key.startswith("stream.")}
        moved = labelled.get((keys.get(config_id, ""), said["label"]))
        if config_id not in found and moved is not None:  # its data had another name when it was stored
            found[config_id] = moved
        if config_id not in found and streams:
            mapping = base.model_dump(mode="json") | {"hold": streams}
            found |= {
                configuration.config_id: configuration.study
                for configuration in configurations(Study.model_validate(mapping))
            }
    return found


def study_of(document: Mapping[str, Any], place: object) -> Study:
    """Return the study that `resolved` of study.json holds.

    Raises:
        InputError: it is none.
    """
    try:
        return Study.model_validate(document["resolved"])
    except ValidationError as error:
        raise InputError(explain(error, Study, f"{place}/study.json")) from None
