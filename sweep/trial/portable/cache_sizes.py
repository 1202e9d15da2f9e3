"""The sizes of the processor's caches, as Eigen knows them: it cuts sums into blocks by them, and so orders them.

Eigen asks the processor once and keeps the answer in an object inside of a function, which no call can set (Eigen 3.4,
`Core/products/GeneralBlockPanelKernel.h`). TensorFlow's libraries do not export it, but their symbol tables name it.
"""

import ctypes
from pathlib import Path

from sweep.errors import ClusterError
from sweep.trial.portable.symbol_table import offset

SIZES = (32 * 2**10, 512 * 2**10, 4 * 2**20)  # bytes of L1, L2 and L3, for every processor; others give other bits
_HELD = "_ZZN5Eigen8internal20manage_caching_sizesENS_6ActionEPlS2_S2_E12m_cacheSizes"
_GUARD = "_ZGVZN5Eigen8internal20manage_caching_sizesENS_6ActionEPlS2_S2_E12m_cacheSizes"
_LIBRARIES = ("libtensorflow_cc.so.2", "libtensorflow_framework.so.2")


def pin_cache_sizes(package: Path) -> None:
    """Let Eigen take `SIZES` in this process. package: the folder of TensorFlow, which is loaded.

    Raises:
        ClusterError: this TensorFlow does not say where it keeps them.
    """
    for name in _LIBRARIES:
        library = package / name
        there = _loaded_at(library)
        held = offset(library, _HELD, 24) if library.is_file() else None
        guard = None if held is None else offset(library, _GUARD, 8, near=held)
        if there is None or held is None or guard is None:
            raise ClusterError(
                f"Expected TensorFlow's {name} to say where Eigen keeps the sizes of the caches, for `determinism: "
                f"portable`. Received: {'no such symbol' if library.is_file() else 'no such file'}. Install the "
                "TensorFlow that Seed Sweep asks for, or set `determinism: on`."
            )
        (ctypes.c_long * 3).from_address(there + held)[:] = list(SIZES)
        ctypes.c_byte.from_address(there + guard).value = 1  # it counts as initialised


def _loaded_at(library: Path) -> int | None:
    """Return the address from which on a library stands in this process's memory, None where it is not loaded."""
    path = str(library.resolve())
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        area, _, begin, _, _, *name = line.split(maxsplit=5)
        if name == [path] and int(begin, 16) == 0:
            return int(area.partition("-")[0], 16)
    return None
