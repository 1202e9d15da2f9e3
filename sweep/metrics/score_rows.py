"""The rows of a score file in its order, and the same by class: genuine, impostor, attacks by type."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweep.errors import InputError
from sweep.metrics.score_set import Names, Rows, ScoreSet
from sweep.metrics.scores import FloatArray

Chosen = NDArray[np.bool_]


@dataclass(frozen=True)
class ScoreRows:
    """The rows of a score file in its order, each (n,).

    source: its name, for messages. letter: "g" genuine, "i" impostor, "a" an attack. subject, other: the two persons
    compared. kind: the attack's type, "" where there is none. read_as: how the file was read, in words. group: of
    people, where asked for.
    """

    source: str
    scores: FloatArray
    letter: NDArray[np.str_]
    subject: Names | None
    other: Names | None
    video: Names | None
    kind: Names | None
    read_as: str | None
    group: Names | None = None


def by_class(found: ScoreRows) -> ScoreSet:
    """Return the rows by class. Attacks stand apart where there are impostors too; alone, they are the impostors."""
    scores, letter, kind = found.scores, found.letter, found.kind
    import pandas as pd

    attack = letter == "a"
    impostors = letter == "i" if (letter == "i").any() else attack
    attacks = {}
    if attack.any():
        names = kind if kind is not None else np.full(scores.size, "attack", dtype=object)
        names = np.where(names == "", "attack", names)
        place, types = pd.factorize(names[attack], sort=True)
        order, sizes = np.argsort(place, kind="stable"), np.bincount(place)
        parts = np.split(scores[attack][order], np.cumsum(sizes)[:-1])
        attacks = {str(name): part for name, part in zip(types, parts, strict=True)}

    def rows(chosen: Chosen) -> Rows:
        named = (found.subject, found.other, found.video, found.group)
        return Rows(scores[chosen], *(x if x is None else x[chosen] for x in named))

    return complete(ScoreSet(found.source, rows(letter == "g"), rows(impostors), attacks, found.read_as))


def complete(found: ScoreSet) -> ScoreSet:
    """Return the set; raise InputError with the file's name when a class has no score, since no rate exists then."""
    scores = {"genuine": found.genuine.scores, "impostor": found.impostor.scores}
    if any(np.isnan(score).all() for score in scores.values()):
        counts = " and ".join(f"{np.count_nonzero(~np.isnan(one))} {name}" for name, one in scores.items())
        failed = f" ({found.n_failed} attempts more without a score)" if found.n_failed else ""
        raise InputError(
            f"Expected genuine and impostor scores. Received: {found.source} with {counts} scores{failed}. "
            "Check the labels, or the column that holds them."
        )
    return found
