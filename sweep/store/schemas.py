"""The schemas of results that ever shipped, and the rule by which an older one is read.

A new column of a table is entered in LATER, and a small folder of the schema before it joins those under
tests/store/past: stored results outlive every version of this package.
"""

import json
from collections.abc import Mapping
from typing import Any

from sweep.errors import InputError

SCHEMA_VERSION = 1  # raised when the way of training or the tables change, so that old trials are not mistaken for new
VERSION_KEY = "schema_version"  # in study.json, beside the schema of each table and in each record

# Table -> columns that came after its first schema. A table without them is whole; they are null there.
LATER: dict[str, tuple[str, ...]] = {
    "trials": (),  # hp.*, metric.*, check.*, init_layers, model_sha256 and their like where a record has them
    "scores": ("other_subject",),  # the second person of a pair; attack_type and sample.* stand where data give them
    "epochs": (),
    "environments": (),
}


def refuse_newer(said: Mapping[Any, Any], where: object) -> None:
    """Raise InputError where results say a newer schema than this package knows.

    said: study.json, or what stands beside a table's schema. where: the file, for the message.
    """
    value = said.get(VERSION_KEY, said.get(VERSION_KEY.encode(), SCHEMA_VERSION))
    try:
        version = json.loads(value) if isinstance(value, bytes) else value
    except ValueError:
        version = value
    if isinstance(version, bool) or not isinstance(version, int):
        raise InputError(f"Expected a whole number as {VERSION_KEY}. Received: {version!r} in {where}.")
    if version > SCHEMA_VERSION:
        raise InputError(
            f"Expected results of schema {SCHEMA_VERSION} or older. Received: schema {version} in {where}. A newer "
            "Seed Sweep wrote them: update this one, or run the study into another folder. Nothing was changed."
        )
