"""What the fork server imports once, so that each trial's process starts with it: no operation runs here."""

import gc

from sweep.machine.later_modules import loaded_at_use
from sweep.machine.memory import settle_before_forks
from sweep.machine.output import silent_errors
from sweep.machine.variables import quiet_environment

# What Keras imports of its own accord and few trainings use: scikit-learn, SciPy's statistics, Matplotlib.
_SELDOM_USED = ("keras.wrappers", "keras.visualization", "keras.src.visualization")

quiet_environment()
gc.disable()  # it would walk a million objects again and again, all of which stay
with silent_errors(), loaded_at_use(*_SELDOM_USED):
    import keras  # which loads its backend
    import scipy.optimize

    import sweep.trial.compiling
    import sweep.trial.fitting
    import sweep.trial.saving
    import sweep.trial.scoring
    import sweep.trial.training
    import sweep.trial.trial
gc.enable()
settle_before_forks()

__all__ = ["keras", "scipy", "sweep"]
