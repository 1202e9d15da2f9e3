"""Measures what makes two runs differ, and prints the tables of docs/why-runs-differ.md.

    python benchmarks/causes_of_difference.py

One trial of the built-in faces is run again with one thing changed at a time, and compared to the bit; then each known
trap is planted and measured. Some minutes on 2 cores.
"""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sweep.data import Splits, synthetic_attack
from sweep.explain.difference import first_difference
from sweep.explain.rerun import run_again
from sweep.explain.script import explain_script
from sweep.machine import process
from sweep.machine.folders import current_folder
from sweep.machine.import_path import find_modules_in
from sweep.machine.variables import quiet_environment
from sweep.running import preparation
from sweep.store import records
from sweep.study.study import Study
from sweep.trial import trial

HERE = str(Path(__file__).resolve().parent)
SEEDS = 5
STUDY: dict[str, Any] = {
    "study": "causes",
    "data": {"use": "sweep.data:synthetic_attack"},
    "model": {"use": "sweep.models:small_xception", "width": 0.125, "momentum": 0.9, "dropout": 0.5},
    "train": {"epochs": 4, "keep": "last"},
    "hold": dict.fromkeys(("init", "order", "dropout", "augment", "split"), 0),
}


def swapped(*, swap: bool = False) -> Splits:
    """Return the built-in faces with 36 subjects in dev and in test, perhaps with these two changing places."""
    splits = synthetic_attack(subjects=(72, 36, 36), difficulty=1.3)
    return replace(splits, dev=splits.test, test=splits.dev) if swap else splits


def loop_outside() -> None:
    """Train one model five times, seeded each time: the loop of the question."""
    _loop(outside=True)


def loop_inside() -> None:
    """Train five models, each seeded and made anew."""
    _loop(outside=False)


def _loop(*, outside: bool) -> None:
    import keras

    def compiled() -> Any:
        model = keras.Sequential(
            [keras.layers.Input((6,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(1, "sigmoid")]
        )
        model.compile(optimizer="adam", loss="binary_crossentropy")
        return model

    x = np.random.default_rng(0).normal(size=(512, 6)).astype("float32")
    y = (x.sum(axis=1) > 0).astype("float32")
    keras.utils.set_random_seed(7)
    model = compiled()
    for _ in range(5):
        keras.utils.set_random_seed(7)
        model = model if outside else compiled()
        model.fit(x, y, epochs=3, verbose=0)


def order(seed: int = 0, **keys: Any) -> trial.TrialOrder:
    """Return what a worker is given for the first configuration of a study."""
    study = Study.model_validate(STUDY | keys | {"seeds": [seed]})
    (one, *_), _ = preparation.prepare(study)
    return trial.TrialOrder(
        trial_id=one.trial_id,
        config_id=one.configuration.config_id,
        seed=seed,
        data_id=one.data_id,
        code_id=one.code_id,
        study=one.configuration.study.model_dump(mode="json"),
        hp={},
        results="",
        folder=current_folder(),
        modules=(HERE,),
    )


def changes() -> Iterator[tuple[str, trial.TrialOrder, Mapping[str, str] | None]]:
    """Yield (what is changed, the order, environment variables)."""
    yield "nothing (another fresh process)", order(), None
    yield "nothing (a cold start instead of a fork)", order(), {"SEEDSWEEP_COLD": "1"}
    yield "threads: 2 instead of 1", order(resources={"threads": 2}), None
    yield "oneDNN off", order(), {"TF_ENABLE_ONEDNN_OPTS": "0"}
    yield "op determinism off", order(determinism=False), None
    yield "OMP_NUM_THREADS=2", order(), {"OMP_NUM_THREADS": "2"}
    yield "PYTHONHASHSEED=1", order(), {"PYTHONHASHSEED": "1"}
    for stream in ("init", "order", "dropout"):
        yield f"seed of the stream {stream}", order(hold=STUDY["hold"] | {stream: 1}), None


def causes() -> None:
    """Print the table of what changes the bits of one trial."""
    first = run_again(order())
    say("| changed | bits | first difference | EER | HTER |", "|---|---|---|---|---|")
    for what, changed, variables in changes():
        again = run_again(changed, variables)
        found = first_difference(first, again)
        where = "" if found is None else str(found).partition(":")[0]
        layer = f", layer {found.layer.rpartition('/')[2]}" if found and found.layer else ""
        rates = " | ".join(f"{100 * again.metrics[name]:.2f} %" for name in ("eer", "hter"))
        say(f"| {what} | {'equal' if found is None else 'differ'} | {where}{layer} | {rates} |")


def traps() -> None:
    """Print the table of traps, each planted and measured."""
    say("", "| trap | measured |", "|---|---|")
    for name, said in (("loop_outside", "model made outside the loop"), ("loop_inside", "model made inside the loop")):
        answer = explain_script(f"causes_of_difference:{name}")
        cause = next(one for one in answer.causes if one.name.startswith("carried-over"))
        say(f"| {said} | {cause.evidence} |")
    order_of = next(one for one in answer.causes if one.name.startswith("same order"))
    say(f"| `fit(shuffle=True)` on arrays after seeding | {order_of.evidence} |")
    unsettled = check(order(model=STUDY["model"] | {"momentum": 0.99}))
    say(f"| BatchNormalization with momentum 0.99 after 108 steps | {said_of(unsettled)} |")
    say(f"| the same with momentum 0.9 | {said_of(check(order()))} |")
    epoch, threshold = optimism()
    say(f"| threshold chosen on test | HTER looks {100 * threshold:.2f} points better, mean of {SEEDS} seeds |")
    say(f"| epoch chosen on test (of 8) | EER looks {100 * epoch:.2f} points better, mean of {SEEDS} seeds |")


def check(asked: trial.TrialOrder) -> dict[str, float]:
    """Return the columns check.* of a trial that is run now, and its accuracy on test."""
    with tempfile.TemporaryDirectory() as folder:
        process.call(trial.run_trial, replace(asked, results=folder))
        ((path, _, _),) = records.parts(Path(folder))
        row = records.read_part(path)[0].trial
    return row["check"] | {"accuracy": row["metric"]["test_accuracy"]}


def said_of(values: dict[str, float]) -> str:
    """Return what the check of BatchNormalization measured."""
    return (
        f"on the same samples of train right {100 * values['batchnorm_unsettled']:.0f} % less often in inference; "
        f"accuracy on test {100 * values['accuracy']:.0f} %"
    )


def optimism() -> tuple[float, float]:
    """Return by how much EER and HTER look better when epoch or threshold are chosen on test, means over seeds.

    Training does not see dev, so the same seed with dev and test swapped trains the same weights: its val_eer is the
    test EER of every epoch.
    """
    from sweep.checks.measures import optimism as of_threshold

    by_epoch, by_threshold = [], []
    for seed in range(SEEDS):
        keys = {"hold": {"split": 0}, "train": {"epochs": 8, "keep": "last"}}
        honest, other = (
            run_again(order(seed, data={"use": "causes_of_difference:swapped", "swap": swap}, **keys))
            for swap in (False, True)
        )
        dev, test = ([epoch["val_eer"] for epoch in run.epochs] for run in (honest, other))
        by_epoch.append(test[int(np.argmin(dev))] - min(test))
        keys_of_test = [key for key in honest.scores if key[0] == "test"]
        score = np.array([honest.scores[key] for key in keys_of_test])
        label = np.array(["genuine" in sample for _, sample in keys_of_test]).astype(int)
        by_threshold.append(of_threshold(label, score, np.array([sample.split("/")[0] for _, sample in keys_of_test])))
    return float(np.mean(by_epoch)), float(np.mean(by_threshold))


def say(*lines: str) -> None:
    """Print lines at once, so that a long run shows where it stands."""
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    sys.path.insert(0, HERE)
    find_modules_in((HERE,))
    quiet_environment()
    process.warm_up("sweep.trial.preload")
    causes()
    traps()
