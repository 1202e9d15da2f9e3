"""A Ray cluster through its dashboard's address: the jobs of studies there, their logs, the files that they offer."""

import logging
import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from ray.exceptions import AuthenticationError
from ray.job_submission import JobSubmissionClient

from sweep.errors import ClusterError, InputError
from sweep.machine import scratch
from sweep.submit.parcel import Parcel
from sweep.submit.token import HOW, Token

_OVERRIDES = ("RAY_ADDRESS", "RAY_API_SERVER_ADDRESS")  # either would replace the address that was asked for
_CONNECT_SECONDS = 10.0
_READ_SECONDS = 3600  # for one file


@dataclass(frozen=True)
class Job:
    """A submitted study, as its cluster knows it.

    state: pending, running, stopped, succeeded or failed. exit_code: of `sweep.submit.job`, None before its end.
    node: Ray's id of the node that it runs on. metadata: what the submission said, see `sweep.submit.submission`.
    """

    submission_id: str
    state: str
    exit_code: int | None
    node: str
    message: str
    started: float
    metadata: Mapping[str, str]

    @property
    def ended(self) -> bool:
        """Return whether it has come to an end, good or bad."""
        return self.state not in ("pending", "running")


class RayCluster:
    """An address at which jobs are submitted, with the token that it asks for."""

    def __init__(self, address: str, token: Token) -> None:
        """Connect.

        Raises:
            InputError: not an address, or the token is missing or wrong.
            ClusterError: nothing answers there, or no Ray.
        """
        self.address = _url(address)
        self._check_that_something_listens()
        self._open = not token.text
        kept = {name: os.environ.pop(name) for name in _OVERRIDES if name in os.environ}
        for name in ("ray.dashboard.modules.dashboard_sdk", "ray._private.runtime_env.packaging"):
            logging.getLogger(name).setLevel(logging.ERROR)  # we say what is sent
        try:
            with self._told():
                self._client = JobSubmissionClient(self.address, headers=token.headers)
        finally:
            os.environ.update(kept)

    @property
    def asks_no_token(self) -> bool:
        """Return whether the cluster let in somebody without a token."""
        return self._open

    def jobs(self) -> list[Job]:
        """Return the jobs that `sweep submit` made here, newest first."""
        with self._told():
            found = [_job(one) for one in self._client.list_jobs() if (one.metadata or {}).get("seedsweep")]
        return sorted(found, key=lambda job: -job.started)

    def job(self, submission_id: str) -> Job | None:
        """Return a job, None where the cluster does not know it."""
        return next((job for job in self.jobs() if job.submission_id == submission_id), None)

    def submit(self, parcel: Parcel, entrypoint: str, submission_id: str, metadata: dict[str, str]) -> bool:
        """Send a parcel and start its job; return False where a job of that id is there already."""
        with self._told(), tempfile.TemporaryDirectory(prefix="parcel-", dir=scratch.folder()) as folder:
            archive = Path(folder) / f"{parcel.digest}.zip"
            archive.write_bytes(parcel.content)
            try:
                self._client.submit_job(
                    entrypoint=entrypoint,
                    submission_id=submission_id,
                    runtime_env={"working_dir": str(archive)},
                    metadata=metadata,
                )
            except RuntimeError as error:
                if "already exists" not in str(error):
                    raise
                return False
        return True

    def log(self, job: Job) -> str:
        """Return all that a job has written so far."""
        with self._told():
            return str(self._client.get_job_logs(job.submission_id))

    def files(self, job: Job, pattern: str) -> list[str]:
        """Return the files below the logs of the job's node that fit a glob pattern."""
        query = f"/api/v0/logs?node_id={job.node}&glob={quote(pattern)}"
        with self._told():
            answer = self._client._do_request("GET", query, timeout=60)
            answer.raise_for_status()
            found = answer.json()["data"]["result"]
        return sorted(name for names in found.values() for name in names if not name.endswith("/"))

    def read(self, job: Job, name: str) -> bytes:
        """Return the content of such a file."""
        query = (
            f"/api/v0/logs/file?node_id={job.node}&filename={quote(name)}&lines=-1&timeout={_READ_SECONDS}"  # all of it
        )
        with self._told():
            answer = self._client._do_request("GET", query, timeout=_READ_SECONDS)
            answer.raise_for_status()
            return bytes(answer.content)

    def _check_that_something_listens(self) -> None:
        at = urlsplit(self.address)
        port = at.port or (443 if at.scheme == "https" else 80)
        try:
            socket.create_connection((at.hostname or "", port), _CONNECT_SECONDS).close()
        except OSError as error:
            raise ClusterError(
                f"Expected a Ray dashboard at {self.address}. Received: {error.strerror or error}. Is the cluster up, "
                "and the tunnel to its head (`ssh -N -L 8265:127.0.0.1:8265 HEAD`)?"
            ) from None

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what a request may raise into one message."""
        try:
            yield
        except AuthenticationError as error:
            if self._open:
                raise InputError(
                    f"Expected a token for the cluster at {self.address}. Received: none. {HOW}"
                ) from error
            raise InputError(
                f"Expected the token of the cluster at {self.address}. Received: another. Copy the head's "
                "~/.ray/auth_token to this machine, or name its copy with RAY_AUTH_TOKEN_PATH."
            ) from error
        except (requests.RequestException, RuntimeError, OSError, ValueError, KeyError) as error:
            raise ClusterError(
                f"Expected an answer from the Ray cluster at {self.address}. "
                f"Received: {' '.join(str(error).split())[:300]}"
            ) from error


def _url(address: str) -> str:
    """Return the address of a dashboard, with http:// where it names no scheme.

    Raises:
        InputError: not HOST:PORT, nor http(s)://HOST:PORT.
    """
    url = address if "://" in address else f"http://{address}"
    at = urlsplit(url)
    try:
        valid = at.scheme in ("http", "https") and bool(at.hostname) and (at.port is not None or "://" in address)
    except ValueError:
        valid = False
    if not valid:
        raise InputError(
            f"Expected the address of a Ray dashboard, as http://127.0.0.1:8265. Received: {address}. "
            "`sweep run --address` takes the address of Ray itself."
        )
    return url.rstrip("/")


def _job(details: Any) -> Job:
    return Job(
        submission_id=details.submission_id,
        state=str(getattr(details.status, "value", details.status)).lower(),
        exit_code=details.driver_exit_code,
        node=details.driver_node_id or "",
        message=details.message or "",
        started=(details.start_time or 0) / 1000,
        metadata=dict(details.metadata or {}),
    )
