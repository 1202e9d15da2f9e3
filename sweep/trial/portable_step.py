"""Whether a compiled model's operations are known to be portable, told before it is trained."""

from typing import Any

from sweep.checks import Finding
from sweep.errors import InputError
from sweep.study.study import Study
from sweep.trial.backends import tensorflow

_MOST = 4  # operations that are named


def portable_findings(study: Study, model: Any, batch: tuple[Any, ...]) -> list[Finding]:
    """Return a finding where the training step of a study with `determinism: portable` may give other bits elsewhere.

    batch: x, y and weights, where samples have some, as `fit` takes them; the step is traced for it, and not run.

    Raises:
        InputError: it may, and the study does not say `portable: warn`.
    """
    if not study.is_portable:
        return []
    found = tensorflow.not_portable(model, batch)
    if not found:
        return []
    named = "; ".join(map(str, found[:_MOST]))
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    if study.portable == "refuse":
        raise InputError(
            "model: expected operations that are known to give equal bits on every x86-64 processor, for `determinism: "
            f"portable`. Received: {named}{more}. Compute it by keras.ops from others (docs/portable.md lists them), "
            "or set `portable: warn`, or `determinism: on`."
        )
    return [
        Finding(
            "not_portable",
            "warning",
            f"Operations that are not known to give equal bits on every processor: {named}{more}.",
            "Other processors may not verify these trials. docs/portable.md lists what is known.",
        )
    ]
