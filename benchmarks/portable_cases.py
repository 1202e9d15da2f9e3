"""The operations that benchmarks/portable.py compares over processors, with wide inputs and with gradients."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Case = Callable[[Any], Any]


def spread(*shape: int, low: float = -6.0, high: float = 6.0) -> Any:
    """Return float32 numbers between two limits that look random and need no generator."""
    count = int(np.prod(shape))
    mixed = (np.arange(1, count + 1, dtype=np.uint64) * np.uint64(2654435761)) % np.uint64(2**32)
    unit = mixed.astype(np.float64) / 2**32
    return (low + (high - low) * unit).astype(np.float32).reshape(shape)


def wide() -> Any:
    """Return numbers within 6, with some near 0, 1 and -1."""
    near = np.concatenate([[0.0], *(sign * np.array([1e-30, 1e-6, 1e-3, 1.0]) for sign in (1, -1))])
    around = np.concatenate([one + spread(40, low=-1e-3, high=1e-3) for one in (0.0, 1.0, -1.0)])
    return np.concatenate([spread(900), near, around]).astype(np.float32)


def positive() -> Any:
    """Return numbers above 0, from 1e-6 on."""
    return np.concatenate([np.abs(spread(900)) + 1e-6, spread(97, low=1e-6, high=1e-2)]).astype(np.float32)


def inside(limit: float = 1.0) -> Any:
    """Return numbers within a limit, with some near it and near 0."""
    parts = [spread(700, low=-1, high=1) * 0.999, spread(100, low=0.99, high=0.99999), spread(97, low=-1e-3, high=1e-3)]
    return (limit * np.concatenate(parts)).astype(np.float32)


def elementwise(tf: Any) -> Iterator[tuple[str, Case, list[Any]]]:
    """Yield name, function and inputs of the operations on single numbers."""
    m, nn = tf.math, tf.nn
    w, p, u = wide(), positive(), inside()
    for name in ("exp", "expm1", "tanh", "sigmoid", "softplus", "softsign", "sin", "cos", "square", "abs", "sign",
                 "floor", "ceil", "rint", "erf", "sinh", "cosh", "asinh", "negative", "is_nan",
                 "is_finite"):  # fmt: skip
        yield name, getattr(m, name), [w]
    yield "tan", m.tan, [inside(1.4)]
    for name in ("log", "log1p", "sqrt", "lgamma", "digamma"):
        yield name, getattr(m, name), [p]
    for name in ("asin", "acos", "atanh"):
        yield name, getattr(m, name), [u * np.float32(0.99)]
    yield "acosh", m.acosh, [p + np.float32(1.01)]
    for name in ("elu", "selu", "relu", "relu6", "leaky_relu", "silu"):
        yield name, getattr(nn, name), [w]
    yield "gelu_tanh", lambda x: nn.gelu(x, approximate=True), [w]
    other = np.roll(w, 17)
    for name in ("maximum", "minimum", "squared_difference", "subtract", "multiply", "add", "atan2", "multiply_no_nan"):
        yield name, getattr(m, name), [w, other]
    yield "divide", m.divide, [w, other + np.float32(7)]
    yield "divide_no_nan", m.divide_no_nan, [w, other]
    yield "floormod", m.floormod, [w, np.abs(other) + np.float32(1)]
    yield "xdivy", m.xdivy, [w, p[: len(w)].repeat(2)[: len(w)]]
    yield "pow", tf.pow, [p, spread(len(p))]
    yield "pow_2", lambda x: tf.pow(x, 2.0), [w]
    yield "clip", lambda x: tf.clip_by_value(x, -2.0, 3.0), [w]
    yield "where", lambda x, y: tf.where(x > y, x, y * 2.0), [w, other]
    yield "compare", lambda x, y: [x < y, x <= y, x >= y, tf.equal(x, y), tf.not_equal(x, y)], [w, other]
    yield "logic", lambda x, y: tf.logical_or(tf.logical_not(x > 0.0), tf.logical_and(y > 0.0, x > y)), [w, other]
    yield "cast", lambda x: tf.cast(tf.cast(x * 100.0, tf.int32), tf.float32) + x, [w]
    yield "add_n", lambda x, y: tf.add_n([x, y, x * y]), [w, other]


def composed(tf: Any) -> Iterator[tuple[str, Case, list[Any]]]:
    """Yield those that `portable` replaces, and what leans on them."""
    m, w, u, rows = tf.math, wide(), inside(), spread(31, 13)
    yield "reciprocal", m.reciprocal, [positive()]
    yield "rsqrt", m.rsqrt, [positive()]
    yield "softmax", tf.nn.softmax, [rows]
    yield "softmax_axis_0", lambda x: tf.nn.softmax(x, axis=0), [rows]
    yield "erfc", m.erfc, [w]
    yield "gelu_exact", lambda x: tf.nn.gelu(x, approximate=False), [w]
    yield "atan", m.atan, [w]
    yield "erfinv", m.erfinv, [u]
    yield "ndtri", m.ndtri, [(u + np.float32(1)) / np.float32(2)]
    yield "l2_normalize", lambda x: tf.nn.l2_normalize(x, -1), [rows]
    yield "batch_normalization", lambda x, v: tf.nn.batch_normalization(x, 0.5, v, 0.1, 1.1, 1e-3), [
        rows, positive()[:13]]  # fmt: skip
    yield "reciprocal_no_nan", m.reciprocal_no_nan, [w]


def reductions(tf: Any) -> Iterator[tuple[str, Case, list[Any]]]:
    """Yield sums, means, extremes and what orders, over several axes."""
    block, long = spread(5, 33, 7, 3), spread(2, 5003)
    for name in ("sum", "mean", "max", "min", "prod", "logsumexp", "std", "variance", "euclidean_norm"):
        reduce = getattr(tf.math, f"reduce_{name}")
        scale = np.float32(0.2) if name == "prod" else np.float32(1)
        for axis in (None, 0, 1, -1, (0, 1), (1, 2), (0, 1, 2)):
            if name != "euclidean_norm" or axis == -1:
                yield f"{name}_{axis}", lambda x, reduce=reduce, axis=axis: reduce(x, axis), [block * scale]
        if name != "prod":
            yield f"{name}_long", lambda x, reduce=reduce: reduce(x, -1), [long]
    yield "all_any", lambda x: [tf.reduce_all(x > -5.0, 1), tf.reduce_any(x > 5.0, 1)], [block]
    yield "argmax", lambda x: [tf.argmax(x, 1), tf.argmin(x, -1)], [block]
    yield "cumsum", lambda x: tf.cumsum(x, 1), [block]
    yield "cumprod", lambda x: tf.math.cumprod(x, 1), [block * np.float32(0.2)]
    yield "log_softmax", tf.nn.log_softmax, [spread(31, 13)]
    yield "softmax_cross_entropy", lambda x, y: tf.nn.softmax_cross_entropy_with_logits(y, x), [
        spread(31, 13), spread(31, 13, low=0, high=0.1)]  # fmt: skip
    labels = np.arange(31) % 13
    yield "sparse_cross_entropy", lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(labels, x), [spread(31, 13)]
    yield "sigmoid_cross_entropy", lambda x: tf.nn.sigmoid_cross_entropy_with_logits(tf.cast(x > 1.0, x.dtype), x), [
        wide()]  # fmt: skip
    yield "top_k", lambda x: tf.math.top_k(x, 3)[0], [spread(31, 13)]
    yield "in_top_k", lambda x: tf.math.in_top_k(labels, x, 3), [spread(31, 13)]
    yield "segment_sum", lambda x: tf.math.unsorted_segment_sum(x, labels, 13), [spread(31, 13)]


def products(tf: Any) -> Iterator[tuple[str, Case, list[Any]]]:
    """Yield products and convolutions, small ones and some beyond the blocks that the caches decide."""
    sizes = ((3, 5, 7), (32, 64, 16), (33, 129, 65), (8, 800, 9), (600, 40, 24), (130, 1100, 70), (16, 9, 1030))
    for n, k, m in sizes:
        yield f"matmul_{n}_{k}_{m}", tf.matmul, [spread(n, k, low=-1, high=1), spread(k, m, low=-1, high=1)]
    yield "matmul_vector", lambda x, v: tf.linalg.matvec(x, v), [spread(70, 900, low=-1, high=1), spread(900)]
    yield "batch_matmul", tf.matmul, [spread(4, 20, 96, low=-1, high=1), spread(4, 96, 33, low=-1, high=1)]
    yield "einsum", lambda x, y: tf.einsum("bthd,bshd->bhts", x, y), [
        spread(2, 9, 3, 16, low=-1, high=1), spread(2, 11, 3, 16, low=-1, high=1)]  # fmt: skip
    yield "tensordot", lambda x, y: tf.tensordot(x, y, 1), [spread(4, 9, 16), spread(16, 12)]
    image, kernel = spread(3, 17, 19, 5, low=-1, high=1), spread(3, 3, 5, 24, low=-1, high=1)
    for padding, step in (("SAME", 1), ("VALID", 2), ("SAME", 2)):
        yield f"conv2d_{padding}_{step}", lambda x, k, padding=padding, step=step: tf.nn.conv2d(
            x, k, step, padding), [image, kernel]  # fmt: skip
    yield "conv2d_wide", lambda x, k: tf.nn.conv2d(x, k, 1, "SAME"), [
        spread(4, 20, 20, 48, low=-1, high=1), spread(3, 3, 48, 64, low=-1, high=1)]  # fmt: skip
    yield "conv2d_1x1", lambda x, k: tf.nn.conv2d(x, k, 2, "SAME"), [image, spread(1, 1, 5, 9, low=-1, high=1)]
    yield "conv2d_transpose", lambda x, k: tf.nn.conv2d_transpose(x, k, (3, 34, 38, 4), 2), [
        image, spread(3, 3, 4, 5, low=-1, high=1)]  # fmt: skip
    yield "conv1d", lambda x, k: tf.nn.conv1d(x, k, 1, "SAME"), [spread(4, 60, 3), spread(5, 3, 16)]
    yield (
        "conv3d",
        lambda x, k: tf.nn.conv3d(x, k, [1, 1, 1, 1, 1], "SAME"),
        [spread(2, 6, 7, 8, 3), spread(3, 3, 3, 3, 4)],
    )
    for step in (1, 2):
        yield f"depthwise_{step}", lambda x, k, step=step: tf.nn.depthwise_conv2d(x, k, [1, step, step, 1], "SAME"), [
            image, spread(3, 3, 5, 2, low=-1, high=1)]  # fmt: skip
    yield "bias_add", tf.nn.bias_add, [image, spread(5)]
    yield "max_pool", lambda x: tf.nn.max_pool2d(x, 3, 2, "SAME"), [image]
    yield "avg_pool", lambda x: tf.nn.avg_pool2d(x, 3, 2, "SAME"), [image]
    yield "max_pool_1d", lambda x: tf.nn.max_pool1d(x, 3, 2, "SAME"), [spread(4, 60, 3)]
    yield "avg_pool_1d", lambda x: tf.nn.avg_pool1d(x, 3, 2, "VALID"), [spread(4, 60, 3)]
    yield "max_pool_3d", lambda x: tf.nn.max_pool3d(x, 2, 2, "SAME"), [spread(2, 6, 7, 8, 3)]
    yield "avg_pool_3d", lambda x: tf.nn.avg_pool3d(x, 2, 2, "SAME"), [spread(2, 6, 7, 8, 3)]
    yield "resize_bilinear", lambda x: tf.image.resize(x, (24, 30), "bilinear"), [image]
    yield "resize_nearest", lambda x: tf.image.resize(x, (34, 38), "nearest"), [image]


def moves(tf: Any) -> Iterator[tuple[str, Case, list[Any]]]:
    """Yield what moves numbers and computes none."""
    x, y = spread(4, 9, 6), spread(4, 9, 6, low=0)
    rows = np.array([3, 0, 2, 2])
    yield "concat", lambda x, y: tf.concat([x, y], 1), [x, y]
    yield "stack", lambda x, y: tf.unstack(tf.stack([x, y], 1), axis=0), [x, y]
    yield "split", lambda x: tf.split(x, 3, 1), [x]
    yield "transpose", lambda x: tf.transpose(x, (2, 0, 1)), [x]
    yield "tile", lambda x: tf.tile(x, (2, 1, 3)), [x]
    yield "repeat", lambda x: tf.repeat(x, 3, 1), [x]
    yield "reshape", lambda x: tf.expand_dims(tf.squeeze(tf.reshape(x, (-1, 1, 6)), 1), 0), [x]
    yield "dynamic_reshape", lambda x: tf.reshape(x, tf.concat([tf.shape(x)[:1], [-1]], 0)), [x]
    yield "gather", lambda x: tf.gather(x * 2.0, rows, axis=0), [x]
    yield "gather_1", lambda x: tf.gather(x, rows, axis=1), [x]
    yield "gather_nd", lambda x: tf.gather_nd(x, np.stack([rows, rows], 1)), [x]
    yield "scatter_nd", lambda x: tf.scatter_nd(rows[:, None], x, (5, 9, 6)), [x]
    yield "scatter_update", lambda x, y: tf.tensor_scatter_nd_update(x, [[0], [2]], y[:2]), [x, y]
    yield "one_hot", lambda x: tf.one_hot(rows, 6) + x[:, 0], [x]
    yield "slice", lambda x: x[1:3, ::2, -3:] + tf.slice(x, (0, 0, 0), (2, 5, 3)), [x]
    yield "pad", lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 1]]), [x]
    yield "mirror_pad", lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 1]], "REFLECT"), [x]
    yield "reverse", lambda x: tf.reverse(x, [1]), [x]
    yield "roll", lambda x: tf.roll(x, 2, 1), [x]
    yield "broadcast_to", lambda x: tf.broadcast_to(x[:, :1], (4, 9, 6)), [x]
    yield "space_to_depth", lambda x: tf.nn.depth_to_space(tf.nn.space_to_depth(x, 2), 2), [spread(2, 4, 4, 4)]
    yield "fill_range", lambda x: tf.fill([6], 2.0) * tf.cast(tf.range(6), tf.float32) + tf.zeros_like(x) + x, [x]
    yield "eye_band", lambda x: tf.linalg.band_part(x, 1, 1) + tf.eye(9, 6), [x]
    yield "boolean_mask", lambda x: tf.reduce_sum(tf.boolean_mask(x, x > 0.0)), [x]
    yield "linspace", lambda x: tf.linspace(0.0, 1.0, 6) + x, [x]
    yield "sort", lambda x: tf.sort(x, -1), [x]


def drawn(tf: Any) -> Iterator[tuple[str, Case, list[Any]]]:
    """Yield the stateless generators, from which Keras's initialisers and Dropout draw."""
    for name in ("uniform", "normal", "truncated_normal"):
        draw = getattr(tf.random, f"stateless_{name}")
        yield f"random_{name}", lambda x, draw=draw: draw((999,), seed=(3, 5)) + tf.reduce_sum(x), [spread(3)]
    yield "random_int", lambda x: tf.random.stateless_uniform((99,), (3, 5), 0, 1000, tf.int32), [spread(3)]


def controls(tf: Any) -> Iterator[tuple[str, Case, list[Any]]]:
    """Yield the kernels that `portable` replaces, as they are: each should differ between kinds of processor."""
    raw = tf.raw_ops
    yield "Rsqrt", lambda x: raw.Rsqrt(x=x), [positive()]
    yield "Reciprocal", lambda x: raw.Reciprocal(x=x), [positive()]
    yield "Softmax", lambda x: raw.Softmax(logits=x), [spread(31, 13)]
    yield "Erfc", lambda x: raw.Erfc(x=x), [wide()]
    yield "Atan", lambda x: raw.Atan(x=x), [wide()]
    yield "Erfinv", lambda x: raw.Erfinv(x=x), [inside()]
    yield "Ndtri", lambda x: raw.Ndtri(x=x), [(inside() + np.float32(1)) / np.float32(2)]
    yield "FusedBatchNormV3", lambda x: tf.compat.v1.nn.fused_batch_norm(
        x, tf.ones(5), tf.zeros(5), is_training=True)[0], [spread(3, 17, 19, 5)]  # fmt: skip


GROUPS = {one.__name__: one for one in (elementwise, composed, reductions, products, moves, drawn, controls)}
