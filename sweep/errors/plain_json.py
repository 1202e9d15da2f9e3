"""Answers as JSON that every program reads: numbers that are not finite are null, NumPy's are plain ones."""

import json
import math
from typing import Any


def json_text(answer: Any) -> str:
    """Return an answer as indented JSON, without a line end after it."""
    return json.dumps(_finite(answer), indent=2, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if hasattr(value, "tolist"):
        return _finite(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
