"""What a function of the user's told of its trial: streams that it asked for, epochs, weights, files."""

import json
import math
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sweep.errors import InputError, nearest
from sweep.machine import scratch
from sweep.metrics.catalogue import metric_called
from sweep.study.train import EarlyStopping
from sweep.trial import weights
from sweep.trial.handed_weights import WeightsDigest
from sweep.trial.left_files import left_files, links_in


@dataclass
class Journal:
    """What is told while the user's function runs; `sweep.trial.run.Run` is the door to it.

    role: "fit", "trial" or "measure". seeds: stream -> its seed. dev: dev's outputs, as the trial hands them in or None
    for the model's own -> dev's metrics. digests: () -> digests of the model's weights, None where there is no Keras
    model. early_stopping: of the study.
    asked: streams that were asked for. epochs: the rows. first, last: digests of the weights before and after.
    """

    role: str
    seeds: Mapping[str, int]
    dev: Callable[[Any], dict[str, float]]
    digests: Callable[[], WeightsDigest] | None = None
    early_stopping: EarlyStopping | None = None
    asked: set[str] = field(default_factory=set)
    epochs: list[dict[str, Any]] = field(default_factory=list)
    first: WeightsDigest | None = None
    last: WeightsDigest | None = None
    _fresh: bool = False  # whether weights were handed in since the last epoch
    _n_handed: int = 0
    _best: float = math.nan
    _waited: int = 0
    _folder: Path | None = None

    def hand_in(self, state: WeightsDigest) -> None:
        """Keep digests of weights that were handed in."""
        self.first = self.first or state
        self.last, self._fresh = state, True
        self._n_handed += 1

    def add_epoch(self, numbers: Mapping[str, float], measured: Mapping[str, float]) -> None:
        """Keep the row of an epoch, with the digests of the weights and what early stopping looks at.

        Raises:
            InputError: `early_stopping` watches a number that is not there.
        """
        row: dict[str, Any] = {"epoch": float(len(self.epochs)), **numbers, **measured}
        state = self.digests() if self.digests is not None else self.last if self._fresh else None
        self._fresh = False
        if state is not None:
            row["weights_sha256"] = state.whole
            if self.first is not None and list(state.layers) == list(self.first.layers):
                row["layers_sha256"] = weights.joined(state.layers)
        self._look(row)
        self.epochs.append(row)

    @property
    def should_stop(self) -> bool:
        """Return whether early stopping has waited long enough, as Keras counts."""
        stopping = self.early_stopping
        return stopping is not None and len(self.epochs) > 1 and self._waited >= max(1, stopping.patience)

    def make_folder(self) -> Path:
        """Return an empty folder of this machine, the same at every call."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="files-", dir=scratch.folder()))
        return self._folder

    def files(self) -> dict[str, Path]:
        """Return name below the folder -> file, of every file in it; links are none, which is told.

        Raises:
            InputError: as `sweep.trial.left_files.left_files`.
        """
        if self._folder is None:
            return {}
        if links := links_in(self._folder):
            sys.stderr.write(f"run.folder: links are not kept: {', '.join(links[:5])}. Copy the files.\n")
        return left_files(self._folder)

    def close(self) -> None:
        """Delete the folder; its files were stored, or nobody wants them."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def row(self) -> dict[str, Any]:
        """Return the columns of trials.parquet that the journal alone knows; "" for weights nobody handed in."""
        first = self.first if self._n_handed > 1 or self.digests is not None else None
        found: dict[str, Any] = {
            "init_sha256": first.whole if first else "",
            "final_sha256": self.last.whole if self.last else "",
            "streams": json.dumps(sorted(self.asked)),
        }
        if first is not None:
            found |= {"init_layers": json.dumps(first.layers), "layer_sizes": json.dumps(first.sizes)}
        return found

    def _look(self, row: Mapping[str, Any]) -> None:
        """Count the epochs since the best one, as Keras's EarlyStopping does."""
        stopping = self.early_stopping
        if stopping is None:
            return
        monitor = stopping.monitor
        known = [name for name, value in row.items() if isinstance(value, float) and name != "epoch"]
        if monitor not in known:
            hint = " Outputs outside of [0, 1] have no val_loss." if monitor == "val_loss" else ""
            raise InputError(
                f"train.early_stopping.monitor: expected one of {', '.join(known)}. Received: {monitor}."
                f"{nearest(monitor, known)}{hint}"
            )
        sign = 1.0 if metric_called(monitor).higher_is_better else -1.0
        self._waited += 1
        # As Keras writes it, since it rounds: a difference of 0.15 may be more than 0.15.
        if math.isnan(self._best) or sign * (row[monitor] - sign * stopping.min_delta) > sign * self._best:
            self._best, self._waited = row[monitor], 0
