"""Getting a record to the results from a node that does not see them: through Ray, to the driver's node."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import ray

from sweep.errors import ClusterError, InputError
from sweep.running.ray_session import actor_here
from sweep.store import records
from sweep.store.places import place, probe, replace_file


@dataclass(frozen=True)
class Link:
    """What a slot needs of the driver.

    results: the study's results. token: the name of a file in them by which a node knows that it sees the same ones.
    relay: the Ray actor on the driver's node.
    """

    results: str
    token: str
    relay: Any


class RecordRelay:
    """Stores the records of nodes that do not see the results, one after the other."""

    def store(self, results: str, record: records.Record) -> str:
        """Store a record and return "", or why it could not be stored."""
        try:
            records.keep(place(results), record)
        except OSError as error:
            return str(error) or type(error).__name__
        return ""

    def sees(self, results: str, token: str) -> bool:
        """Return whether this process sees the results, see `sees`."""
        return sees(results, token)


def sees(results: str, token: str) -> bool:
    """Return whether this node sees the driver's results, not a folder of the same name, and may write there."""
    where = place(results)
    try:
        if not (where / token).is_file():
            return False
        probe(where)
    except OSError:
        return False
    return True


@contextmanager
def linked(results: str) -> Iterator[Link]:
    """Give the slots of a cluster their link to the driver for a while.

    Raises:
        ClusterError: the node that the driver is connected to does not see the results either.
        InputError: the results cannot be written.
    """
    token = f".driver-{uuid.uuid4().hex}"
    where = place(results)
    try:
        replace_file(where / token, lambda file: file.write(b"a run is going on"))
    except OSError as error:
        raise InputError(f"Expected results that can be written. Received: {results}: {error}.") from None
    relay = None
    try:
        relay = actor_here(RecordRelay)
        if not ray.get(relay.sees.remote(results, token)):
            raise ClusterError(
                f"Expected results that the node of this command can write. Received: {results}. Give the command on a "
                "machine of the cluster, or name an object store: --results s3://bucket/prefix."
            )
        yield Link(results, token, relay)
    finally:
        if relay is not None:
            ray.kill(relay)
        with suppress(OSError):  # the storage may be gone; a token does no harm
            (where / token).unlink(missing_ok=True)
