"""What a submission will do, told before anything starts: where results lie, how many trials, how long, what cost."""

import math
import re
from pathlib import Path

from sweep.store import store
from sweep.store.places import Place, place
from sweep.study.plan import configurations
from sweep.study.study import Study
from sweep.submit.cluster_file import ClusterFile

_PRICE = re.compile(r"^#\s*Price\s+(\d+(?:\.\d+)?)\b", re.MULTILINE)


def outlook(
    study: Study, file: ClusterFile | None, *, n_nodes: int | None, hours: float | None, price: float | None
) -> list[str]:
    """Return the lines for the person.

    Args:
        study: as it is to run.
        file: the cluster's; a line `# Price 0.90` in it is the price of a node and hour.
        n_nodes, hours: that the file asks for at most, None where it does not say.
        price: of a node and hour, in place of the file's.
    """
    folder: Place = place(study.results) / study.study
    rows = store.trials(folder) if isinstance(folder, Path) and folder.is_dir() else None
    n_configurations, n_seeds = len(configurations(study)), len(study.seed_list)
    n_planned = n_configurations * n_seeds
    if study.stop is not None:
        n_planned = n_configurations * study.stop.most
    seconds = math.nan
    if rows is not None and len(rows):
        seconds = float(rows["seconds.total"][rows["status"] == "ok"].median())
    here = "" if rows is None else f"; {rows['trial_id'].nunique()} are stored on this machine"
    most = "at most " if study.stop is not None else ""
    return [
        f"results: {folder}",
        f"trials: {most}{n_planned} ({n_configurations} configurations){here}",
        f"time: {_time(seconds, n_planned)}",
        *_cost(n_nodes, hours, price if price is not None else _price(file)),
    ]


def _time(seconds: float, n_planned: int) -> str:
    if math.isnan(seconds):
        return "not known, no trial of it is stored on this machine; `sweep run STUDY --seeds 1` on a node tells"
    whole = n_planned * seconds
    said = f"{whole / 3600:.1f} hours" if whole >= 7200 else f"{whole / 60:.0f} minutes"
    return (
        f"about {seconds:.0f} s a trial (median of those on this machine), so {said} for all, divided by the trials "
        "at a time"
    )


def _cost(n_nodes: int | None, hours: float | None, price: float | None) -> list[str]:
    if n_nodes is None:
        return []
    nodes = f"{n_nodes} node{'s' if n_nodes > 1 else ''}"
    if hours is None:
        if price is None:
            return [f"cost: of at most {nodes} while trials wait; --price says how much an hour and node"]
        return [f"cost: at most {n_nodes * price:.2f} an hour, while all {nodes} are up"]
    if price is None:
        return [f"cost: of at most {nodes} for {hours:g} hours; --price says how much an hour and node"]
    return [f"cost: at most {n_nodes * hours * price:.2f} = {nodes} x {hours:g} hours x {price:g}"]


def _price(file: ClusterFile | None) -> float | None:
    found = None if file is None else _PRICE.search(file.text)
    return float(found[1]) if found else None
