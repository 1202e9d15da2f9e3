"""The scores of one set, as a file gave them: both classes, who and which video each score belongs to, attacks."""

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sweep.errors import InputError
from sweep.metrics.clusters import Clusters, by_pair, by_subject_then_video, by_unit
from sweep.metrics.scores import FloatArray

Unit = Literal["score", "video", "subject"]
Names = NDArray[np.object_]


@dataclass(frozen=True)
class Rows:
    """The scores of one class and what they belong to.

    scores: (n,), NaN for a failure to acquire. subject, other, video, group: (n,) names, or None where the file has
    none, or nobody asked for it; `other` is the second person of a comparison.
    """

    scores: FloatArray
    subject: Names | None = None
    other: Names | None = None
    video: Names | None = None
    group: Names | None = None


@dataclass(frozen=True)
class ScoreSet:
    """The scores of one set (development or test), and the attacks by type, (m,) scores each.

    read_as: which column was taken for what, where the file does not say it; else None.
    """

    source: str
    genuine: Rows
    impostor: Rows
    attacks: dict[str, FloatArray] = field(default_factory=dict)
    read_as: str | None = None

    @property
    def n_failed(self) -> int:
        """Attempts of both classes without a score."""
        return int(np.isnan(self.genuine.scores).sum() + np.isnan(self.impostor.scores).sum())

    @property
    def subjects(self) -> set[object]:
        """The subjects that the file names; empty when it names none."""
        named = [x for rows in (self.genuine, self.impostor) for x in (rows.subject, rows.other) if x is not None]
        return set().union(*(set(names) for names in named))

    @property
    def n_subjects(self) -> int:
        """How many subjects the file names."""
        return len(self.subjects)

    def clusters(self, unit: Unit) -> Clusters | None:
        """Return what is drawn again when the unit is the subject or the video; None for single scores.

        Where a score belongs to two persons the weights are two-way; where videos are nested in subjects, both are
        drawn. Raises InputError when the file does not name the unit.
        """
        if unit not in get_args(Unit):
            raise InputError(f"Expected a unit of score, video or subject. Received: '{unit}'.")
        g, i = self.genuine, self.impostor
        if unit == "score":
            return None
        if unit == "subject":
            if g.subject is None or i.subject is None:
                raise InputError(
                    f"Expected a subject for every score, since the unit is the subject. Received: {self.source}, "
                    "which names none. Give a 4- or 5-column file or a `subject` column, or say --unit score."
                )
            return by_pair(g.subject, i.subject, i.other) if i.other is not None else by_unit(g.subject, i.subject)
        if g.video is None or i.video is None:
            raise InputError(
                f"Expected a video for every score, since the unit is the video. Received: {self.source}, "
                "which names none. Give a CSV or Parquet file with a `video` column, or say --unit score."
            )
        if g.subject is None or i.subject is None:
            return by_unit(g.video, i.video, unit="video")
        return by_subject_then_video(g.subject, i.subject, g.video, i.video)
