"""Operations whose kernels use a processor's approximate instructions, made of such that are exact everywhere.

`rsqrtps` and `rcpps` give other digits on an Intel than on an AMD; the polynomials of erfc, atan and erfinv are cut
otherwise by another compiler path. Square root and division are exact by IEEE 754, and exp, log and erf were found
equal. For float32; other types keep TensorFlow's kernels, which the check of operations then names.
"""

import math
from collections.abc import Callable
from typing import Any

# Grappler would make Rsqrt and Reciprocal of the composed forms again.
OPTIMIZERS_OFF = {"arithmetic_optimization": False, "constant_folding": False, "remapping": False}
# Of erfc: Press et al., Numerical Recipes (1992), 6.2, a fractional error below 1.2e-7.
_ERFC = (-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
         0.17087277)  # fmt: skip
# Of atan up to tan(pi / 8): Moshier, Cephes (1984), atanf.
_ATAN = (-3.33329491539e-1, 1.99777106478e-1, -1.38776856032e-1, 8.05374449538e-2)
# Of the normal quantile: Wichura (1988), AS 241, PPND7, about seven digits: centre, tail and far tail.
_CENTRE = (3.3871327179, 50.434271938, 159.29113202, 59.109374720), (1.0, 17.895169469, 78.757757664, 67.187563600)
_TAIL = (1.4234372777, 2.7568153900, 1.3067284816, 0.17023821103), (1.0, 0.73700164250, 0.12021132975)
_FAR = (6.6579051150, 3.0812263860, 0.42868294337, 0.017337203997), (1.0, 0.24197894225, 0.012258202635)


def compose(tf: Any, math_ops: Any) -> None:
    """Replace these operations in TensorFlow for this process, its gradients and functions included.

    tf: TensorFlow. math_ops: its module of that name, where its gradients and layers look the operations up.
    """
    tf.config.optimizer.set_experimental_options(OPTIMIZERS_OFF)
    kept = {name: getattr(math_ops, name) for name in ("erfc", "atan", "erfinv", "ndtri")}

    def reciprocal(x: Any, name: str | None = None) -> Any:
        with tf.name_scope(name or "reciprocal"):
            x = tf.convert_to_tensor(x)
            return tf.ones_like(x) / x

    def rsqrt(x: Any, name: str | None = None) -> Any:
        with tf.name_scope(name or "rsqrt"):
            x = tf.convert_to_tensor(x)
            return tf.ones_like(x) / tf.sqrt(x)

    def softmax(logits: Any, axis: int | None = None, name: str | None = None) -> Any:
        with tf.name_scope(name or "softmax"):
            logits = tf.convert_to_tensor(logits)
            axis = -1 if axis is None else axis
            powers = tf.exp(logits - tf.stop_gradient(tf.reduce_max(logits, axis, keepdims=True)))
            return powers / tf.reduce_sum(powers, axis, keepdims=True)

    def float32(name: str, value: Callable[[Any], Any], slope: Callable[[Any, Any], Any]) -> Callable[..., Any]:
        """Return the composed operation; slope: (x, value) -> the derivative."""

        @tf.custom_gradient  # type: ignore[untyped-decorator]
        def composed(x: Any) -> Any:
            found = value(x)
            return found, lambda above: above * slope(x, found)

        def called(x: Any, name: str | None = None) -> Any:
            x = tf.convert_to_tensor(x)
            return composed(x) if x.dtype == tf.float32 else kept[called.__name__](x)

        called.__name__ = name
        return called

    def erfc(x: Any) -> Any:
        part = 1.0 / (1.0 + 0.5 * tf.abs(x))
        tail = part * tf.exp(_polynomial(_ERFC, part) - x * x)
        return tf.where(x < 0.0, 2.0 - tail, tail)

    def atan(x: Any) -> Any:
        size = tf.abs(x)
        steep, middle = size > math.tan(3 * math.pi / 8), size > math.tan(math.pi / 8)
        safe = tf.where(steep, size, tf.ones_like(size))
        part = tf.where(steep, -1.0 / safe, tf.where(middle, (size - 1.0) / (size + 1.0), size))
        start = tf.where(steep, math.pi / 2, tf.where(middle, math.pi / 4, 0.0))
        square = part * part
        return tf.sign(x) * (start + (_polynomial(_ATAN, square) * square * part + part))

    def quantile(from_half: Any, tail: Any) -> Any:
        """Return the normal quantile of p. from_half: p - 1/2. tail: p or 1 - p, the smaller."""
        far = tf.sqrt(-tf.math.log(tail))
        centre = from_half * _ratio(_CENTRE, 0.180625 - from_half * from_half)
        beside = tf.sign(from_half) * tf.where(far <= 5.0, _ratio(_TAIL, far - 1.6), _ratio(_FAR, far - 5.0))
        return tf.where(tf.abs(from_half) <= 0.425, centre, tf.where(tf.equal(tail, 0.0), from_half / tail, beside))

    def ndtri(p: Any) -> Any:
        return quantile(p - 0.5, tf.minimum(p, 1.0 - p))

    def erfinv(x: Any) -> Any:
        return quantile(0.5 * x, 0.5 * (1.0 - tf.abs(x))) * math.sqrt(0.5)

    made = {
        "reciprocal": reciprocal,
        "rsqrt": rsqrt,
        "softmax": softmax,
        "erfc": float32("erfc", erfc, lambda x, y: (-2.0 / math.sqrt(math.pi)) * tf.exp(-x * x)),
        "atan": float32("atan", atan, lambda x, y: 1.0 / (1.0 + x * x)),
        "erfinv": float32("erfinv", erfinv, lambda x, y: (0.5 * math.sqrt(math.pi)) * tf.exp(y * y)),
        "ndtri": float32("ndtri", ndtri, lambda p, y: math.sqrt(2.0 * math.pi) * tf.exp(0.5 * y * y)),
    }
    for name, function in made.items():
        for place in (math_ops, tf.math, tf, tf.nn):
            if hasattr(place, name):
                setattr(place, name, function)


def _polynomial(coefficients: tuple[float, ...], x: Any) -> Any:
    """Return the polynomial by Horner's rule. coefficients: of x to the power 0, 1, 2, ..."""
    total: Any = coefficients[-1]
    for one in reversed(coefficients[:-1]):
        total = total * x + one
    return total


def _ratio(parts: tuple[tuple[float, ...], tuple[float, ...]], x: Any) -> Any:
    return _polynomial(parts[0], x) / _polynomial(parts[1], x)
