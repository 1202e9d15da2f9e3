"""What the fork server imports once, so that each trial's process starts with it: no operation runs here."""

from sweep.machine.memory import settle_before_forks
from sweep.machine.output import silent_errors
from sweep.machine.variables import quiet_environment

quiet_environment()
with silent_errors():
    import keras  # which loads its backend
    import scipy.optimize

    import sweep.trial.compiling
    import sweep.trial.fitting
    import sweep.trial.saving
    import sweep.trial.scoring
    import sweep.trial.training
    import sweep.trial.trial
settle_before_forks()

__all__ = ["keras", "scipy", "sweep"]
