"""Seed Sweep: one Keras model, many seeds, repeatable to the bit, with intervals that mean what they say.

The public door. Nothing heavy is imported before it is used: neither Ray nor TensorFlow by `load` and `metrics`.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from sweep import metrics, stats
    from sweep.analysis.answers import against, compare, estimate, estimates
    from sweep.collection.collect import Collected, collect
    from sweep.explain.script import explain_script
    from sweep.explain.sources import explain_study
    from sweep.explain.verify import verify
    from sweep.report.precision import plan_precision
    from sweep.running.event_file import json_lines
    from sweep.running.execution import RunSummary, run
    from sweep.store.store import Results, load
    from sweep.study.study import Study
    from sweep.trial.run import Run

_FROM = {
    "Collected": "sweep.collection.collect",
    "Results": "sweep.store.store",
    "Run": "sweep.trial.run",
    "RunSummary": "sweep.running.execution",
    "Study": "sweep.study.study",
    "against": "sweep.analysis.answers",
    "collect": "sweep.collection.collect",
    "compare": "sweep.analysis.answers",
    "estimate": "sweep.analysis.answers",
    "estimates": "sweep.analysis.answers",
    "explain_script": "sweep.explain.script",
    "explain_study": "sweep.explain.sources",
    "json_lines": "sweep.running.event_file",
    "load": "sweep.store.store",
    "plan_precision": "sweep.report.precision",
    "run": "sweep.running.execution",
    "verify": "sweep.explain.verify",
}
__all__ = [
    "Collected",
    "Results",
    "Run",
    "RunSummary",
    "Study",
    "against",
    "collect",
    "compare",
    "estimate",
    "estimates",
    "explain_script",
    "explain_study",
    "json_lines",
    "load",
    "metrics",
    "plan_precision",
    "run",
    "stats",
    "verify",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for."""
    import importlib
    import inspect

    from sweep.errors.arguments import checks_arguments
    from sweep.machine.caller_state import generators_put_back, leaves_caller_alone

    if name in _FROM:
        with generators_put_back():
            value = getattr(importlib.import_module(_FROM[name]), name)
        if inspect.isfunction(value):
            value = leaves_caller_alone(checks_arguments(value, __name__))
    elif name in __all__:
        with generators_put_back():
            value = importlib.import_module(f"sweep.{name}")
    else:
        raise AttributeError(f"module 'sweep' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return what the door holds, so that a notebook completes names that are not imported yet."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
