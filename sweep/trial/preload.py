"""What the fork server imports once, so that each trial's process starts with it: no operation runs here."""

from sweep.machine.session import quiet_environment, settle_before_forks, silent_errors

quiet_environment()
with silent_errors():
    import keras
    import scipy.optimize
    import tensorflow

    import sweep.trial.compiling
    import sweep.trial.fitting
    import sweep.trial.scoring
    import sweep.trial.trial
settle_before_forks()

__all__ = ["keras", "scipy", "sweep", "tensorflow"]
