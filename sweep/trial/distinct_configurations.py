"""Which configurations one batch can tell apart, and which of them are looked at where they are many."""

import json
from collections.abc import Sequence
from typing import Any

from sweep.data import open_prepared
from sweep.data.inputs import sample_shape
from sweep.machine.folders import cache_folder
from sweep.study.plan import PlannedTrial

_SEEN_AT_ONCE = {"loss", "class_weight", "callbacks", "augment", "precision", "jit_compile", "output", "loss_weights"}
MOST_BUILDS = 64  # distinct models; more are not built, and that is said


class Keys:
    """What one batch can show of a configuration, as text: equal texts are looked at once."""

    def __init__(self) -> None:
        self._shapes: dict[str, Any] = {}

    def of(self, one: PlannedTrial, model: bool = True) -> str:
        """Return the key of a configuration; model: whether its model's keywords count."""
        study, train = one.configuration.study, one.configuration.study.train
        if one.data_id not in self._shapes:
            splits = open_prepared(cache_folder(), one.data_id)
            self._shapes[one.data_id] = [sample_shape(splits.train.x), len(splits.classes), len(splits.train) % 256]
        stopping = train.early_stopping
        said = {
            "task": study.task,
            "data": self._shapes[one.data_id],
            "model": [study.maker.use, study.maker.keywords if model else None, study.fit is None],
            "phases": [
                [
                    _without_numbers(phase.model_dump(mode="json", include={"optimizer", "learning_rate"})),
                    phase.momentum,
                    phase.trainable_from,
                ]
                for phase in train.phases
            ],
            "train": _without_numbers(train.model_dump(mode="json", include=_SEEN_AT_ONCE)),
            "batch": [stopping and stopping.monitor, min(train.batch_size, 256)],
            "determinism": study.determinism,
        }
        return json.dumps(said, sort_keys=True, default=str)


def spread(every: Sequence[PlannedTrial]) -> list[PlannedTrial]:
    """Return at most MOST_BUILDS of these, those first that bring a value of a setting that none before has."""
    met: set[tuple[str, Any]] = set()
    fresh: list[PlannedTrial] = []
    rest: list[PlannedTrial] = []
    for one in every:
        values = set(one.configuration.hp.items())
        (fresh if values - met else rest).append(one)
        met |= values
    return [*fresh, *rest][:MOST_BUILDS]


def _without_numbers(said: Any) -> Any:
    """Return settings with every number as one and the same: a step can be done with any, or with none."""
    if isinstance(said, dict):
        return {key: _without_numbers(value) for key, value in said.items()}
    if isinstance(said, list):
        return [_without_numbers(value) for value in said]
    return None if isinstance(said, int | float) and not isinstance(said, bool) else said
