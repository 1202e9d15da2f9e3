"""The kinds of cluster, a file each with the same functions; a further kind is a further file and a line of a table."""

from sweep.errors import InputError
from sweep.submit.cluster_file import ClusterFile
from sweep.submit.clusters import kubernetes, ray, slurm
from sweep.submit.clusters.kind import AloneKind, Kind

ALONE: dict[str, AloneKind] = {"kubernetes": kubernetes, "slurm": slurm}  # jobs that nobody follows
KINDS: dict[str, Kind] = {"ray": ray, **ALONE}  # by the word that ledger and JSON say


def kind_of(file: ClusterFile) -> str:
    """Return the word of the kind that a file is of, a key of `KINDS`.

    Raises:
        InputError: it is of none.
    """
    for word, kind in KINDS.items():
        if kind.knows(file):
            return word
    *first, last = (f"{kind.NAME} ({kind.SIGN})" for kind in KINDS.values())
    raise InputError(
        f"Expected {', '.join(first)} or {last}. Received: {file.path}. The templates under cluster/ are such files."
    )
