"""Bits that travel: what makes a trial's bits equal on every x86-64 processor, and what says where they are not.

docs/portable.md tells the causes and what was compared. Nothing here imports TensorFlow: its backend hands it in.
"""

from sweep.trial.portable.instructions import VARIABLES, check_processor
from sweep.trial.portable.operations import NotPortable, not_portable
from sweep.trial.portable.start import make_portable

__all__ = ["VARIABLES", "NotPortable", "check_processor", "make_portable", "not_portable"]
