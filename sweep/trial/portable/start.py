"""The start of a portable trial: everything pinned in its process, and known results computed to see that it is."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from sweep.errors import ClusterError
from sweep.trial.portable.cache_sizes import pin_cache_sizes
from sweep.trial.portable.composed import compose
from sweep.trial.portable.instructions import missing_variables

KNOWN = {"numpy": "d62236d4f59dd796", "products": "ea7af4e9bf7ed89b", "composed": "8604e8b7e716fd2a"}


def make_portable(tf: Any, math_ops: Any) -> None:
    """Let TensorFlow give equal bits on every x86-64 processor, in this process, before its first operation.

    tf: TensorFlow, on one thread. math_ops: its module of that name.

    Raises:
        ClusterError: the process started without the variables, TensorFlow lacks what is looked for, or a known result
            comes out otherwise.
    """
    expected, instead = "for `determinism: portable`. Received:", "or set `determinism: on`."
    if unset := missing_variables():
        raise ClusterError(f"Expected a process that starts with {', '.join(unset)} set, {expected} one without.")
    if lacking := [name for name in ("rsqrt", "reciprocal", "erfc", "atan") if not hasattr(math_ops, name)]:
        raise ClusterError(
            f"Expected TensorFlow's math_ops to hold {', '.join(lacking)}, {expected} none. Install the TensorFlow "
            f"that Seed Sweep asks for, {instead}"
        )
    pin_cache_sizes(Path(tf.__file__).parent)
    compose(tf, math_ops)
    found = known_results(tf)
    if other := [name for name, digest in KNOWN.items() if found[name] != digest]:
        raise ClusterError(
            f"Expected the known results of {', '.join(other)}, {expected} others, with NumPy {np.__version__} and "
            f"TensorFlow {tf.__version__}. Install the versions of locks/requirements.lock, {instead}"
        )


def known_results(tf: Any) -> dict[str, str]:
    """Return name -> digest of results that differ over processors where something is not pinned."""

    def spread(*shape: int) -> Any:
        count = int(np.prod(shape))
        mixed = (np.arange(1, count + 1, dtype=np.uint64) * np.uint64(2654435761)) % np.uint64(2**32)
        return (mixed.astype(np.float64) / 2**31 - 1.0).reshape(shape)

    def products(a: Any, b: Any, image: Any, kernel: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(kernel)
            outputs = tf.nn.conv2d(image, kernel, 1, "SAME")
        return tf.matmul(a, b), tape.gradient(outputs, kernel, outputs)

    def by_kernels(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            outputs = tf.nn.softmax(x), tf.math.rsqrt(x), tf.math.log(x), tf.nn.gelu(x, approximate=False)
        return outputs, tape.gradient(outputs, x)

    def of(function: Any, *inputs: Any) -> list[Any]:
        graph = tf.function(function, autograph=False)
        return tf.nest.flatten(graph(*(tf.constant(one, tf.float32) for one in inputs)))  # type: ignore[no-any-return]

    wide, positive = 6.0 * spread(999), np.abs(spread(31, 33)) + 1e-3
    by_numpy = [np.exp(wide), np.log(positive), np.power(positive, 0.3), spread(40, 300) @ spread(300, 50)]
    shapes = spread(8, 1100), spread(1100, 40), spread(2, 9, 9, 16), spread(3, 3, 16, 32)
    return {
        "numpy": _digest(by_numpy),
        "products": _digest(of(products, *shapes)),
        "composed": _digest(of(by_kernels, positive)),
    }


def _digest(arrays: list[Any]) -> str:
    digest = hashlib.sha256()
    for one in arrays:
        digest.update(np.ascontiguousarray(one).tobytes())
    return digest.hexdigest()[:16]
