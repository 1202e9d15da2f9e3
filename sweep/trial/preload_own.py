"""What the fork server imports for trials that are the user's own function: neither Keras nor its backend."""

import numpy as np
import scipy.optimize

import sweep.trial.trial
from sweep.machine.memory import settle_before_forks
from sweep.machine.variables import quiet_environment

quiet_environment()
settle_before_forks()

__all__ = ["np", "scipy", "sweep"]
