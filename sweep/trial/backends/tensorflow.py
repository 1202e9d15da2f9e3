"""TensorFlow, as a trial uses it; what changes bits was measured on TensorFlow 2.21."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sweep.errors import ClusterError
from sweep.trial import portable

NAME = "tensorflow"
PACKAGES = {"tensorflow": "TensorFlow"}
INSTALL = "pip install 'seedsweep[run]'"
FLAGS = {
    "TF_ENABLE_ONEDNN_OPTS": "oneDNN",
    "TF_XLA_FLAGS": "XLA",
    "XLA_FLAGS": "XLA",
    "NVIDIA_TF32_OVERRIDE": "TF32",
}
GENERATOR = "TensorFlow's generator, which orders the samples of `fit(shuffle=True)`"
ONE_THREAD = "tf.config.threading.set_intra_op_parallelism_threads(1)"
DETERMINISTIC = "tf.config.experimental.enable_op_determinism()"


def begin(*, threads: int, determinism: bool, gpus: str, share: float, memory: int | None) -> None:
    """Set threads, GPUs and deterministic kernels of this process, before its first operation.

    share: of one GPU; without memory, in MiB of each GPU, it grows with what a trial needs, whatever its share.

    Raises:
        ClusterError: GPUs were given, and TensorFlow sees none.
    """
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    devices = tf.config.list_physical_devices("GPU")
    if gpus and not devices:
        raise ClusterError(
            f"Expected TensorFlow to see GPU {gpus}. Received: none. Install TensorFlow with CUDA and a driver "
            "on this node, or set `resources: {gpu: 0}`."
        )
    for device in devices:  # fractional GPUs share one memory; without growth or a limit the first trial takes it all
        if memory is None:
            tf.config.experimental.set_memory_growth(device, True)
        else:
            limit = tf.config.LogicalDeviceConfiguration(memory_limit=memory)
            tf.config.set_logical_device_configuration(device, [limit])
    if determinism:
        tf.config.experimental.enable_op_determinism()


def make_deterministic() -> None:
    """Let operations and tf.data pipelines that are made from now on repeat, also after the first operation."""
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()


def make_portable() -> None:
    """Let operations give equal bits on every x86-64 processor, see `sweep.trial.portable`; after `begin`.

    Raises:
        ClusterError: this process or this TensorFlow cannot be brought to it.
    """
    import tensorflow as tf
    from tensorflow.python.ops import math_ops

    portable.make_portable(tf, math_ops)


def not_portable(model: Any, batch: tuple[Any, ...]) -> list[portable.NotPortable]:
    """Return each operation of a compiled model that is not known to be portable. batch: x, y and weights, if any."""
    import tensorflow as tf

    return portable.not_portable(tf, model, batch)


def seed(seed: int) -> None:
    """Seed TensorFlow's global generator."""
    import tensorflow as tf

    tf.random.set_seed(seed)


@contextmanager
def programs_kept() -> Iterator[None]:
    """Let TensorFlow keep the traced programs as it optimized them, while a session is cleared and a seed is set.

    Both drop them, and the next call of each optimizes its graph anew: 2 s for a small convolutional net. They are
    dropped so that kernels with generators of their own begin anew; whether a program has none that matters, the proof
    of `sweep.running.seeds_together` tells. Where TensorFlow has no such function any more, nothing is kept.
    """
    from tensorflow.python.eager import context

    functions = getattr(context, "pywrap_tfe", None)
    drop = getattr(functions, "TFE_ContextClearCaches", None)
    if functions is None or drop is None:
        yield
        return
    functions.TFE_ContextClearCaches = lambda handle: None
    try:
        yield
    finally:
        functions.TFE_ContextClearCaches = drop


def gpu_models() -> str:
    """Return the models of the visible GPUs, with commas between."""
    import tensorflow as tf

    devices = tf.config.list_physical_devices("GPU")
    return ", ".join(
        str(tf.config.experimental.get_device_details(device).get("device_name", "")) for device in devices
    )


def in_batches(epochs: Iterator[tuple[Any, ...]], like: tuple[Any, ...], batch_size: int) -> Any:
    """Return a tf.data pipeline: the arrays of an epoch cut into batches, one epoch after the other.

    epochs: gives the arrays of each epoch, in its order, when the pipeline gets there. like: arrays of the same kind.
    """
    import tensorflow as tf

    spec = tuple(tf.TensorSpec((None, *array.shape[1:]), array.dtype) for array in like)
    whole = tf.data.Dataset.from_generator(lambda: epochs, output_signature=spec)
    options = tf.data.Options()
    options.autotune.enabled = False

    def cut(*epoch: Any) -> Any:
        return tf.data.Dataset.from_tensor_slices(epoch).batch(batch_size)

    as_it_stands = tf.autograph.experimental.do_not_convert(cut)  # it is no Python that TensorFlow must translate
    return whole.flat_map(as_it_stands).with_options(options)
