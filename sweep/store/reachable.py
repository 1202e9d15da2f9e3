"""Does an object store answer at all? Asked before its own library is, which waits for minutes where nobody answers."""

import os
import threading
import urllib.error
import urllib.request
from functools import cache
from urllib.parse import parse_qs

from sweep.errors import InputError
from sweep.store.object_path import ObjectPath

_PATIENCE = 5.0  # seconds for one answer, of whatever kind
_NAMES = 10.0  # seconds in all: where names are looked up in vain, no time-out of a connection holds


def refuse_silence(where: ObjectPath) -> None:
    """Raise InputError where no server answers for an object store; asked once for each in a process."""
    fault = _asked(endpoint(where))
    if fault:
        raise InputError(
            f"Expected an object store that answers at {endpoint(where)}. Received: {fault}. Check the address "
            f"{where}, its endpoint and the network, and give the same command again."
        )


def endpoint(where: ObjectPath) -> str:
    """Return the URL that a store's library asks: what the address names, else the environment, else the provider's."""
    said = {key: values[-1] for key, values in parse_qs(where.query).items()}
    named = said.get("endpoint_override", "")
    if where.scheme == "s3":
        region = (
            said.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        )
        of_environment = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        found = named or of_environment or f"s3.{region}.amazonaws.com"
    else:
        found = named or os.environ.get("CLOUD_STORAGE_EMULATOR_ENDPOINT") or "storage.googleapis.com"
    return found if "://" in found else f"{said.get('scheme', 'https')}://{found}"


@cache
def _asked(url: str) -> str:
    """Return "" where a server answers, whatever it says; else why not."""
    answer = [f"no answer within {_NAMES:.0f} s"]

    def ask() -> None:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=_PATIENCE):  # noqa: S310
                answer[0] = ""
        except urllib.error.HTTPError:
            answer[0] = ""  # "forbidden" is an answer
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            answer[0] = f"no answer within {_PATIENCE:.0f} s" if isinstance(reason, TimeoutError) else str(reason)
        except Exception as error:  # noqa: BLE001 (what is no HTTP is an answer, too, and the library's to judge)
            answer[0] = "" if type(error).__module__ == "http.client" else str(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(_NAMES)
    return answer[0]
