"""Data: loaders that return train, dev and test with the subject and video of every sample.

A study names a loader with `use: "sweep.data:image_folder"`; any function that returns `Splits` serves as well.
"""

from sweep.data.domains import synthetic_domains
from sweep.data.further_tests import FurtherTest, with_tests
from sweep.data.geolife_trips import geolife
from sweep.data.identities import identity_pairs
from sweep.data.image_folders import image_folder, image_test_set
from sweep.data.inputs import Inputs
from sweep.data.preparing import Count, Prepared, prepare
from sweep.data.sequence import number_sequence
from sweep.data.splits import Split, Splits, as_splits
from sweep.data.stored_splits import ids_of_tests, open_prepared
from sweep.data.synthetic import synthetic_attack
from sweep.data.synthetic_trips import synthetic_transport
from sweep.data.vectors import synthetic_vectors

__all__ = [
    "Count",
    "FurtherTest",
    "Inputs",
    "Prepared",
    "Split",
    "Splits",
    "as_splits",
    "geolife",
    "identity_pairs",
    "ids_of_tests",
    "image_folder",
    "image_test_set",
    "number_sequence",
    "open_prepared",
    "prepare",
    "synthetic_attack",
    "synthetic_domains",
    "synthetic_transport",
    "synthetic_vectors",
    "with_tests",
]
