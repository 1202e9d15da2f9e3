"""The environment variables of this process, and of those that it starts."""

import os
from collections.abc import Mapping


def quiet_environment() -> None:
    """Silence TensorFlow's start-up notes and Ray's, and set how Ray runs trials; call before either is imported."""
    for name, value in {
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
        "TUNE_DISABLE_SIGINT_HANDLER": "1",
        "TUNE_GLOBAL_CHECKPOINT_S": "inf",  # Tune's own snapshots of all trials; we resume from the store
        "RAY_CHDIR_TO_TRIAL_DIR": "0",
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "1",
        "RAY_AIR_NEW_OUTPUT": "0",
        "RAY_DEDUP_LOGS": "0",
        "RAY_USAGE_STATS_ENABLED": "0",
        # Where memory runs out the kernel kills the trial that holds most of it; Ray would kill several slots.
        "RAY_memory_monitor_refresh_ms": "0",
    }.items():
        os.environ.setdefault(name, value)


def variables_with(changes: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment variables with some changed, for a child; "" removes one."""
    kept = {name: value for name, value in os.environ.items() if name not in changes}
    return kept | {name: value for name, value in changes.items() if value}
