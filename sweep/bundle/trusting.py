"""What a bundle would run here: its own code, and functions that are not Seed Sweep's. Nothing of it is imported."""

import json
from collections.abc import Mapping
from importlib.machinery import all_suffixes
from pathlib import Path
from typing import Any

from sweep.bundle.reading import Bundle
from sweep.errors import InputError
from sweep.store.stored_json import fault_of_study
from sweep.study.functions import functions_in
from sweep.study.trust import NOBODY_ELSE, permit


def document_of(bundle: Bundle) -> dict[str, Any]:
    """Return study.json of a bundle.

    Raises:
        InputError: it is none.
    """
    try:
        found = json.loads(bundle.read("results/study.json"))
        if fault := fault_of_study(found):
            raise ValueError(fault)
    except (ValueError, RecursionError) as error:
        raise InputError(f"Expected a whole results/study.json in {bundle.path}. Received: {error}.") from None
    return dict(found)


def refuse_untrusted(bundle: Bundle, study: Mapping[str, Any], *, trust: bool) -> list[str]:
    """Return what of the bundle runs, a line each; nothing is run or written.

    Without trust a bundle may name functions of Seed Sweep alone, and hold no code, not even among its data.

    Args:
        bundle: somebody's.
        study: `resolved` of its study.json.
        trust: whether the person answers for whoever made it.

    Raises:
        UntrustedError, InputError: code that is not trusted, with what would run.
    """
    asked = {key: value for key, value in study.items() if key != "answer"}
    uses = [f"{key}: {use}" for key, use in dict.fromkeys(functions_in(asked)) if not use.startswith("sweep.")]
    files = [f"code/{name}" for name in bundle.below("code")]
    files += [f"data/{name}" for name in bundle.below("data") if name.endswith(tuple(all_suffixes()))]
    running = [*uses, *files]
    if trust:
        return running
    if running:
        shown = "; ".join(running[:12]) + (f" and {len(running) - 12} more" if len(running) > 12 else "")
        raise InputError(
            "Expected a bundle whose study names Seed Sweep's own functions alone, or --trust. Received: "
            f"{bundle.path}, which would run code of its own: {shown}. Nothing of it was run or unpacked. Look at the "
            "files below code/, and add --trust if you would run a program by the author of this bundle."
        )
    permit(dict(study), list(asked), Path(bundle.path), NOBODY_ELSE)
    return []
