"""Results of a study with a module and data of the user's own: stored without training, or trained in this process."""

from pathlib import Path
from typing import Any

from sweep.machine import import_path, process
from sweep.machine.folders import cache_folder
from sweep.running import preparation, shared_run
from sweep.store import store
from sweep.store.records import Record, write_part
from sweep.study.identity import Identities
from sweep.study.plan import PlannedTrial, as_document, plan
from sweep.study.study import Study
from sweep.trial import backends, trial

NET = '''"""A net of the user's."""

import keras

import bundled_layers


def net(input_shape, n_classes, units=4):
    inputs = keras.Input(input_shape)
    x = bundled_layers.flat(inputs)
    x = keras.layers.Dense(units, activation="relu")(x)
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(x))
'''
LAYERS = "import keras\n\n\ndef flat(x):\n    return keras.layers.Flatten()(x)\n"
DATA = {"use": "sweep.data:synthetic_vectors"}


def write_modules(folder: Path) -> None:
    """Write the user's modules into a folder."""
    (folder / "bundled_net.py").write_text(NET)
    (folder / "bundled_layers.py").write_text(LAYERS)


def study_of(**changes: Any) -> Study:
    """Return a small study of the user's net."""
    said = {
        "study": "own",
        "about": "Does a bundle hold all?",
        "seeds": 2,
        "data": DATA,
        "model": {"use": "bundled_net:net"},
        "train": {"epochs": 1, "batch_size": 16, "keep": "last"},
    }
    return Study.model_validate(said | changes)


def stored_own(folder: Path, study: Study, *, modules: Path) -> Path:
    """Store a study whose trials nobody trained, with the digests of the code as it is now; return its folder."""
    import_path.find_modules_in((str(modules),))
    identities = Identities(cache_folder())
    trials = list(plan(study, lambda *_: "d" * 64, lambda one: identities.of(one.study)))
    place = folder / study.study
    place.mkdir(parents=True)
    _write_study(place, study, trials)
    for one in trials:
        write_part(place, _record(one))
    return place


def trained_own(folder: Path, study: Study, *, modules: Path) -> Path:
    """Train the trials of a study one after another, each in a process of its own, and return the folder of results."""
    import_path.find_modules_in((str(modules),))
    trials, _ = preparation.prepare(study)
    place = folder / study.study
    place.mkdir(parents=True)
    _write_study(place, study, trials)
    process.warm_up("sweep.trial.preload")
    for one in trials:
        order = shared_run.order_of(one, place, str(modules), (str(modules),))
        ended = process.call(trial.run_trial, order, variables=backends.variables(study))
        assert not ended.crash, f"{ended.crash}: {ended.log}"
        assert ended.value.status == "ok", ended.value.error
    store.compact(place)
    return place


def _write_study(place: Path, study: Study, trials: list[PlannedTrial]) -> None:
    codes = {one.code_id: one.code.parts for one in trials if one.code.parts}
    keys = {one.configuration.config_id: one.configuration.key for one in trials}
    store.write_study(place, {**as_document(study, trials), "keys": keys, "codes": codes, "taken": {}})


def _record(one: PlannedTrial) -> Record:
    row = {
        "study": "own",
        "trial_id": one.trial_id,
        "config_id": one.configuration.config_id,
        "seed": one.seed,
        "attempt": 0,
        "status": "ok",
        "error": "",
        "hp": {},
        "data_id": one.data_id,
        "code_id": one.code_id,
        "metric": {"eer": 0.1, "hter": 0.1 + one.seed / 100, "far": 0.1, "frr": 0.1},
        "threshold": 0.5,
        "n_train": 9,
        "started_at": f"2026-01-0{one.seed + 1}T00:00:00.000+00:00",
        "seconds.total": 2.0,
        "node": "lab-7",
    }
    scores = {
        "split": ["dev"] * 8 + ["test"] * 8,
        "sample": [f"{at}.png" for at in range(16)],
        "subject": [f"anna-{at // 4}" for at in range(16)],
        "video": [""] * 16,
        "label": [0.0, 1.0] * 8,
        "score": [0.1 + 0.02 * at + 0.3 * (at % 2) for at in range(16)],
        "prediction": [float("nan")] * 16,
    }
    versions = {"version.keras": "3.15.1", "version.numpy": "0.0.1", "version.seedsweep": "0.1.0"}
    return Record(row, scores, [], {"python": "3.11.7", "threads": 1, "cpu_model": "a processor", **versions})
