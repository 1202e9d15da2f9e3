"""Trials with `determinism: portable`: what they refuse before they train, and what they say of themselves."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sweep.errors import ClusterError
from sweep.trial import backends, portable
from sweep.trial.portable import cache_sizes, start
from sweep.trial.portable.symbol_table import offset

pytestmark = pytest.mark.tensorflow

PORTABLE = {"determinism": "portable"}


def test_a_planted_operation_is_named_with_its_layer_before_training(run_one):
    """A layer of the user's that calls TensorFlow's own kernel, and one that computes in half precision."""
    record, _ = run_one(0, **PORTABLE, model={"use": "odd_models:approximate"})
    said = record.trial["error"].partition("\n")[0]
    assert record.trial["status"] == "failed"
    assert not record.epochs
    assert "Rsqrt in " in said
    assert "own_kernel" in said
    assert "Tanh (float16) in " in said
    assert "set `portable: warn`, or `determinism: on`" in said


def test_it_runs_where_the_study_says_warn_and_both_say_so(run_one):
    """Its row says what it is worth, and its environment that it was portable; other environments stay as they are."""
    record, _ = run_one(0, **PORTABLE, portable="warn", model={"use": "odd_models:approximate"})
    assert record.trial["status"] == "ok", record.trial["error"]
    assert record.trial["check"]["not_portable"] == 1
    assert record.environment["portable"] == "yes"
    assert record.environment["determinism"] is True
    assert record.environment["flag.TF_ENABLE_ONEDNN_OPTS"] == "0"
    assert "portable" not in run_one(0)[0].environment


def test_a_process_that_started_without_the_variables_is_refused():
    """What a library read when it was loaded cannot be taken back."""
    with pytest.raises(ClusterError, match="starts with TF_ENABLE_ONEDNN_OPTS"):
        backends.called("tensorflow").make_portable()


def test_a_tensorflow_without_the_symbol_is_refused(tmp_path):
    """A stripped library, or none."""
    with pytest.raises(ClusterError, match=r"libtensorflow_cc.so.2 to say where Eigen .* no such file"):
        cache_sizes.pin_cache_sizes(tmp_path)
    (tmp_path / "libtensorflow_cc.so.2").write_bytes(b"\x7fELF\x02\x01" + bytes(58))
    with pytest.raises(ClusterError, match="no such symbol"):
        cache_sizes.pin_cache_sizes(tmp_path)
    (tmp_path / "libtensorflow_cc.so.2").write_bytes(b"no library, and long enough to be read as one" * 9)
    with pytest.raises(ClusterError, match="no such symbol"):
        cache_sizes.pin_cache_sizes(tmp_path)


def test_the_installed_tensorflow_names_the_caches():
    """In both of its libraries, beside each other."""
    import tensorflow as tf

    for name in cache_sizes._LIBRARIES:
        library = Path(tf.__file__).parent / name
        held = offset(library, cache_sizes._HELD, 24)
        assert held is not None
        assert offset(library, cache_sizes._GUARD, 8, near=held) is not None
        assert offset(library, "no such object", 24) is None


KNOWN_RESULTS = """
import os, sys
os.environ.update(%r)
from sweep.trial.backends import tensorflow
tensorflow.begin(threads=1, determinism=True, gpus="", share=1.0, memory=None)
from sweep.trial.portable import start
if len(sys.argv) > 1:
    start.KNOWN = {sys.argv[1]: "other"}
tensorflow.make_portable()
tensorflow.make_portable()  # a process of several seeds
import numpy as np
import scipy.special
import tensorflow as tf
x = np.linspace(-6, 6, 4001).astype(np.float32)
p = (np.arange(1, 4000) / 4000).astype(np.float32)
u = (2 * p - 1)[1:-1]
close = lambda found, wanted: np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-5, atol=3e-7)
close(tf.math.erfc(x), scipy.special.erfc(x.astype(float)))
close(tf.math.atan(10 * x), np.arctan(10.0 * x))
close(tf.math.ndtri(p), scipy.special.ndtri(p.astype(float)))
close(tf.math.erfinv(u), scipy.special.erfinv(u.astype(float)))
close(tf.nn.softmax(x[None]), scipy.special.softmax(x[None].astype(float), 1))
close(tf.math.rsqrt(x[x > 0]), 1 / np.sqrt(x[x > 0].astype(float)))
close(tf.nn.gelu(x), x * scipy.special.ndtr(x.astype(float)))
edges = tf.math.ndtri(tf.constant([0.0, 1.0, -1.0, float("nan")])).numpy()
assert edges[0] == -np.inf and edges[1] == np.inf and np.isnan(edges[2:]).all(), edges
def slope(function, at):
    with tf.GradientTape() as tape:
        at = tf.constant(at)
        tape.watch(at)
        found = function(at)
    return tape.gradient(found, at)
wide, centre = x.astype(float), p.astype(float)
close(slope(tf.math.erfc, x), -2 / np.sqrt(np.pi) * np.exp(-(wide**2)))
close(slope(tf.math.atan, x), 1 / (1 + wide**2))
close(slope(tf.math.ndtri, p), np.sqrt(2 * np.pi) * np.exp(scipy.special.ndtri(centre) ** 2 / 2))
close(slope(tf.math.erfinv, u), np.sqrt(np.pi) / 2 * np.exp(scipy.special.erfinv(u.astype(float)) ** 2))
"""


def known_results(*words):
    """Return the finished process that brings itself to portable operations and looks at them."""
    program = KNOWN_RESULTS % dict(portable.VARIABLES)
    return subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, timeout=300)


def test_composed_operations_are_those_of_scipy_and_their_gradients_those_of_differences():
    """To some units of float32's last place, at the edges too; and this machine gives the known results."""
    done = known_results()
    assert done.returncode == 0, done.stderr


def test_another_known_result_is_refused():
    """What is pinned is looked at, not believed."""
    done = known_results("products")
    assert "Expected the known results of products, for `determinism: portable`. Received: others" in done.stderr


def test_known_results_say_where_something_is_not_pinned():
    """Another digest a group: NumPy, products, composed operations."""
    assert set(start.KNOWN) == {"numpy", "products", "composed"}
    assert all(len(digest) == 16 for digest in start.KNOWN.values())
    assert np.unique(list(start.KNOWN.values())).size == 3
