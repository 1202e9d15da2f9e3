"""Models: functions (input_shape, n_classes, **keywords) that return an uncompiled Keras model.

They are written in Keras alone. A study names one with `use: "sweep.models:small_xception"`; any function of that shape
serves as well. Keras is imported when a builder is asked for, not before, so that reading a study stays quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sweep.models.dense import dense_net
    from sweep.models.embedding import embedding_pair
    from sweep.models.residual import residual_transfer
    from sweep.models.resnet50 import resnet50_transfer
    from sweep.models.segment import segment_net
    from sweep.models.xception import small_xception

__all__ = ["dense_net", "embedding_pair", "residual_transfer", "resnet50_transfer", "segment_net", "small_xception"]

_ROOMS = {
    "dense_net": "dense",
    "embedding_pair": "embedding",
    "residual_transfer": "residual",
    "resnet50_transfer": "resnet50",
    "segment_net": "segment",
    "small_xception": "xception",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
