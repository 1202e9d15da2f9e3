"""A study with `stop`, as if its trials were stored: scores that are drawn, so that nothing is trained."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sweep.metrics.catalogue import CATALOGUE
from sweep.stats.simulation import Design, simulate
from sweep.store.store import Results
from sweep.study.plan import PlannedTrial, as_document, plan
from sweep.study.study import Study

QUICK = Design(n_dev=20, n_test=20, frames=4)


def raced_study(n_configurations: int, stop: dict[str, Any], **said: Any) -> Study:
    """Return a study whose configurations race."""
    return Study.model_validate(
        {
            "study": "raced",
            "data": {"use": "sweep.data:synthetic_attack"},
            "model": {"use": "sweep.models:small_xception"},
            "grid": {"model.dropout": [round(0.1 * at, 1) for at in range(n_configurations)]},
            "stop": stop,
            **said,
        }
    )


def planned(study: Study) -> list[PlannedTrial]:
    """Return the whole plan, `most` seeds of every configuration."""
    return list(plan(study, lambda one, seed: "d" * 64, lambda one: "c" * 16))


class World:
    """What every trial of a study would give: the same trial always the same.

    shifts: of each configuration's separation; larger is better. failing: configurations (by number) -> seeds that
    fail. subjects: whether samples have one.
    """

    def __init__(
        self,
        study: Study,
        shifts: tuple[float, ...],
        *,
        failing: dict[int, Collection[int]] | None = None,
        subjects: bool = True,
        design: Design = QUICK,
    ) -> None:
        most = study.n_seeds
        scores = simulate(design, most, np.random.default_rng(5), shifts=shifts)
        self.study, self.plan = study, planned(study)
        assert scores.dev is not None
        names = list(dict.fromkeys(one.configuration.config_id for one in self.plan))
        rows, frames = [], []
        for one in self.plan:
            config, seed = names.index(one.configuration.config_id), study.seed_list.index(one.seed)
            at = config * most + seed
            failed = seed in (failing or {}).get(config, ())
            row: dict[str, Any] = {"study": study.study, "trial_id": one.trial_id, "attempt": 0, "seed": one.seed}
            row |= {"config_id": one.configuration.config_id, "data_id": one.data_id, "code_id": one.code_id}
            row |= {"status": "failed" if failed else "ok", "error": "it diverged" if failed else None}
            row |= dict.fromkeys(("init_sha256", "final_sha256"), one.trial_id)
            row |= {"started_at": "", "node": "", "n_train": 10.0, "epochs": 1.0, "seconds.fit": 1.0}
            row |= {"scores_sha256": one.trial_id, "env_id": "e", "seconds.total": 1.0, "threshold": 0.0}
            row |= {"n_dev": float(scores.dev.label.size), "n_test": float(scores.test.label.size)}
            for metric in ("eer", "hter"):
                row[f"metric.{metric}"] = np.nan if failed else CATALOGUE[metric].point(scores.of_trial(at))
            rows.append(row)
            for split, part in (("dev", scores.dev), ("test", scores.test)) if not failed else ():
                n = part.label.size
                frames.append(
                    pd.DataFrame(
                        {
                            "trial_id": one.trial_id, "config_id": one.configuration.config_id, "seed": one.seed,
                            "split": split, "sample": [f"{split}{k:04d}" for k in range(n)],
                            "subject": [f"s{unit}" if subjects else "" for unit in part.unit], "video": "",
                            "other_subject": "",
                            "label": part.label, "score": part.score[at],
                        }
                    )
                )  # fmt: skip
        self.trials, self.scores = pd.DataFrame(rows), pd.concat(frames, ignore_index=True)

    def rows(self, ids: Collection[str]) -> pd.DataFrame:
        """Return trials.parquet as it is once these trials have ended."""
        return self.trials[self.trials["trial_id"].isin(list(ids))]

    def scores_of(self, ids: Collection[str]) -> pd.DataFrame:
        """Return the rows of the score table of some trials."""
        return self.scores[self.scores["trial_id"].isin(list(ids))]

    def results(self, ids: Collection[str] | None = None) -> Results:
        """Return the results once these trials have ended; None: all."""
        known = set(self.trials["trial_id"]) if ids is None else set(ids)
        study = as_document(self.study, [one for one in self.plan if one.trial_id in known])
        nothing = pd.DataFrame({"trial_id": pd.Series(dtype=str)})
        environments = pd.DataFrame({"env_id": ["e"]})
        return Results(Path("raced"), study, self.rows(known), self.scores_of(known), nothing, environments)
