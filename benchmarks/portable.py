"""Compare operations and small trainings over processors, with `determinism: portable`: the table of docs/portable.md.

    python benchmarks/portable.py [--on Haswell EPYC-Rome] [--write] [--only "net: built-in"]
    python benchmarks/portable.py --cost

This processor, the emulated ones (`qemu-x86_64`, of Debian's qemu-user; minutes each, one after the other) and the
committed digests of an AMD EPYC (tests/portable/digests.json; --write replaces them by this machine's) are compared.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DIGESTS = ROOT / "tests" / "portable" / "digests.json"
COMPOSED = ("Atan", "Erfc", "Erfinv", "Ndtri", "Reciprocal", "Rsqrt", "Softmax")
MODES = {"on": False, "on, capped": True, "portable": True}  # of --cost: name -> whether the variables are set


def measured(only: str) -> dict[str, Any]:
    """Return digests: case -> digest of its values and gradients, and operations: case -> those of its graph.

    only: cases whose name begins so. This process must have started with the variables of `portable`.
    """
    import keras
    import numpy as np

    from sweep.trial.backends import tensorflow

    tensorflow.begin(threads=1, determinism=True, gpus="", share=1.0, memory=None)
    tensorflow.make_portable()
    import tensorflow as tf

    from benchmarks.portable_cases import GROUPS
    from benchmarks.portable_nets import STEPS, nets

    digests: dict[str, str] = {}
    operations: dict[str, list[str]] = {}
    for group, cases in GROUPS.items():
        for name, case, inputs in cases(tf):
            if not f"{group}: {name}".startswith(only):
                continue
            tensors = [tf.constant(one) for one in inputs]
            traced = tf.function(_with_gradients(tf, case)).get_concrete_function(*tensors)
            operations[f"{group}: {name}"] = _operations(traced.graph)
            digests[f"{group}: {name}"] = _digest(one.numpy() for one in tf.nest.flatten(traced(*tensors)))
        told(f"{group} {time.process_time():.0f} s")
    for name, build, x, y in nets(keras):
        if not f"net: {name}".startswith(only):
            continue
        keras.utils.clear_session()
        keras.utils.set_random_seed(3)
        model = build()
        seen = [_digest(model.get_weights())]
        for _ in range(STEPS):
            model.train_on_batch(x, y)
            seen.append(_digest([*model.get_weights(), *map(np.asarray, model.optimizer.variables)]))
        seen.append(_digest([model.predict(x, verbose=0)]))
        step = tf.function(lambda *parts, model=model: model.train_step(parts))
        operations[f"net: {name}"] = _operations(step.get_concrete_function(tf.constant(x), tf.constant(y)).graph)
        digests[f"net: {name}"] = hashlib.sha256(" ".join(seen).encode()).hexdigest()[:16]
        told(f"{name} {time.process_time():.0f} s")
    return {"digests": digests, "operations": operations}


def _with_gradients(tf: Any, case: Any) -> Any:
    def both(*inputs: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            found = tf.nest.flatten(case(*inputs))
            weighted = [
                tf.reduce_sum(one * tf.reshape(tf.linspace(1.0, 1.1, tf.size(one)), tf.shape(one)))
                for one in found
                if one.dtype == tf.float32
            ]
            total = tf.add_n(weighted) if weighted else tf.zeros(())
        return found, [one for one in tape.gradient(total, inputs) if one is not None]

    return both


def _operations(graph: Any) -> list[str]:
    graph = graph.as_graph_def()
    every = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    return sorted({node.op for node in every})


def _digest(arrays: Iterable[Any]) -> str:
    import numpy as np

    digest = hashlib.sha256()
    for one in arrays:
        digest.update(np.ascontiguousarray(one).tobytes())
    return digest.hexdigest()[:16]


def told(text: str) -> None:
    """Say something of the progress."""
    print(text, file=sys.stderr, flush=True)


def started(words: list[str], emulated: str = "", capped: bool = True) -> Any:
    """Return what this script writes in a process of its own. emulated: the kind of processor, "" for this one."""
    from sweep.trial import portable

    before = ["qemu-x86_64", "-cpu", emulated] if emulated else []
    own = {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3", **(portable.VARIABLES if capped else {})}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answer"
        command = [*before, sys.executable, __file__, *words, "--answer", str(file)]
        subprocess.run(command, env={**os.environ, **own}, check=True, cwd=ROOT)
        return json.loads(file.read_text())


def compare(kinds: list[str], write: bool, only: str) -> None:
    """Print the table of the cases whose name begins so, and write this machine's digests where it is asked for."""
    here = started(["--measure", only])
    known = json.loads(DIGESTS.read_text(encoding="utf-8"))
    if write:
        known |= here["digests"]
        DIGESTS.write_text(json.dumps(known, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    others = {"committed digests": known}
    others |= {kind: started(["--measure", only], kind)["digests"] for kind in kinds}
    differing: dict[str, list[str]] = {}
    for kind, digests in others.items():
        for case, digest in here["digests"].items():
            if digests.get(case) != digest:
                differing.setdefault(case, []).append(kind)
    compared = {case: names for case, names in here["operations"].items() if not case.startswith("controls")}
    print(f"{len(here['digests'])} cases, on this processor and: {', '.join(others)}")
    print("\n| case | differs from |\n|---|---|")
    for case, kinds_of_case in differing.items():
        print(f"| {case} | {', '.join(kinds_of_case)} |")
    unequal = {"Atan2", *COMPOSED} | {
        case.partition(": ")[2] for case in here["digests"] if case.startswith("controls")
    }
    equal = sorted({one for case, names in compared.items() if case not in differing for one in names} - unequal)
    print(f"\n| | operations |\n|---|---|\n| equal ({len(equal)}) | {', '.join(equal)} |")
    print(
        f"| composed | {', '.join(COMPOSED)} |\n| unknown | every other; {', '.join(sorted(unequal - {*COMPOSED}))} |"
    )


def cost_of(mode: str, net: str) -> dict[str, float]:
    """Return milliseconds of processor time a step, and MB at the most. mode: a key of MODES."""
    import resource

    import keras
    import numpy as np

    from sweep.models import dense_net, small_xception
    from sweep.trial.backends import tensorflow

    tensorflow.begin(threads=1, determinism=True, gpus="", share=1.0, memory=None)
    if mode == "portable":
        tensorflow.make_portable()
    if net == "dense_net":
        shape: tuple[int, ...] = (64,)
        model = dense_net(shape, 2, units=(512, 512), activation="gelu")
    elif net == "small_xception":
        shape = (32, 32, 3)
        model = small_xception(shape, 2, width=0.25)
    else:
        shape = (128, 128, 3)
        model = small_xception(shape, 2, width=0.25, blocks=(256, 512))
    model.compile(optimizer="adam", loss="binary_crossentropy", jit_compile=False)
    x, y = np.ones((32, *shape), np.float32), np.arange(32) % 2
    model.train_on_batch(x, y)
    steps = []
    for _ in range(12 if net == "128 x 128" else 40):
        at = time.process_time()
        model.train_on_batch(x, y)
        steps.append(1000 * (time.process_time() - at))
    keras.utils.clear_session()
    return {"ms": float(np.median(steps)), "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def cost() -> None:
    """Print what a training step takes, capped and portable."""
    print("| net, batch 32 | mode | ms a step | MB |\n|---|---|---|---|")
    for net in ("dense_net", "small_xception", "128 x 128"):
        for mode, capped in MODES.items():
            found = started(["--cost-of", mode, net], capped=capped)
            print(f"| {net} | {mode} | {found['ms']:.1f} | {found['mb']:.0f} |", flush=True)


def main() -> None:
    """Measure, compare or time, as the words say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--on", nargs="*", default=["Haswell", "EPYC-Rome"])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", default="", help="only cases whose name begins so, as 'net: built-in'")
    parser.add_argument("--cost", action="store_true")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--cost-of", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--answer", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.answer:
        found: Any = measured(given.measure) if given.measure is not None else cost_of(*given.cost_of)
        given.answer.write_text(json.dumps(found), encoding="utf-8")
    elif given.cost:
        cost()
    else:
        compare(given.on, given.write, given.only)


if __name__ == "__main__":
    main()
