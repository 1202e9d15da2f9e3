"""Compare the bits of two small trainings on JAX over processors, XLA's instructions capped by a flag or not.

    .venv-jax/bin/python benchmarks/portable_jax.py [--on Haswell EPYC-Rome] [--capped]

`determinism: portable` refuses JAX; this says why. A net each of dense layers and of convolutions, five steps of Adam:
the first step whose weights differ from this processor's, by kind of processor and flag.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STEPS = 5
FLAGS = {"as it is": "", "--xla_cpu_max_isa=AVX2": "--xla_cpu_max_isa=AVX2"}
_SCRIPT = f"""
import hashlib, json
import keras, numpy as np
from sweep import models
found = {{}}
rng = np.random.default_rng(5)
nets = {{
    "dense_net": (lambda: models.dense_net((20,), 2, units=(32, 16), activation="gelu"), rng.normal(size=(32, 20))),
    "small_xception": (lambda: models.small_xception((8, 8, 3), 2, width=0.0625, blocks=(256,)),
                       rng.uniform(0, 255, (32, 8, 8, 3))),
}}
for name, (build, x) in nets.items():
    keras.utils.clear_session()
    keras.utils.set_random_seed(3)
    model = build()
    model.compile("adam", "binary_crossentropy", jit_compile=True)
    x, y, seen = x.astype("float32"), np.arange(32) % 2, []
    for _ in range({STEPS}):
        model.train_on_batch(x, y)
        seen.append(hashlib.sha256(b"".join(np.asarray(one).tobytes() for one in model.get_weights())).hexdigest())
    found[name] = seen
print(json.dumps(found))
"""


def digests(emulated: str, flag: str) -> dict[str, list[str]]:
    """Return net -> digest of its weights after each step. emulated: the kind of processor, "" for this one."""
    before = ["qemu-x86_64", "-cpu", emulated] if emulated else []
    own = {
        "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", "PYTHONPATH": str(ROOT), "OPENBLAS_CORETYPE": "Haswell",
        "OPENBLAS_NUM_THREADS": "1", "XLA_FLAGS": f"{flag} --xla_cpu_multi_thread_eigen=false".strip(),
    }  # fmt: skip
    done = subprocess.run(
        [*before, sys.executable, "-c", _SCRIPT],
        env={**os.environ, **own},
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    answer: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return answer


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--on", nargs="*", default=["Haswell", "EPYC-Rome"])
    parser.add_argument(
        "--capped", action="store_true", help="only with the flag; an emulated compilation takes minutes"
    )
    given = parser.parse_args()
    print("| net | XLA | processor | bits |\n|---|---|---|---|")
    for said, flag in FLAGS.items():
        if given.capped and not flag:
            continue
        here = digests("", flag)
        for kind in given.on:
            for net, seen in digests(kind, flag).items():
                same = [one == other for one, other in zip(seen, here[net], strict=True)]
                told = "equal" if all(same) else f"differ from step {same.index(False) + 1} on"
                print(f"| {net} | {said} | {kind} | {told} |", flush=True)


if __name__ == "__main__":
    main()
