"""The token of a Ray cluster: read where Ray reads it, sent as a header, and written nowhere."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from sweep.errors import InputError

HOW = "Make one with `ray get-auth-token --generate && chmod 600 ~/.ray/auth_token`, or copy the cluster's there."


@dataclass(frozen=True)
class Token:
    """A token and the file that it came from; its text is no part of what is printed.

    text: the token, "" for none. file: where it lies, None where it came from the environment.
    """

    text: str = field(repr=False)
    file: Path | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Return what a request to the cluster carries."""
        return {"Authorization": f"Bearer {self.text}"} if self.text else {}


def token_file() -> Path:
    """Return the file in which Ray looks for the token, whether or not it is there."""
    return Path(os.environ.get("RAY_AUTH_TOKEN_PATH") or "~/.ray/auth_token").expanduser()


def read_token() -> Token:
    """Return the token of RAY_AUTH_TOKEN, of the file RAY_AUTH_TOKEN_PATH, or of ~/.ray/auth_token, as Ray reads it.

    Raises:
        InputError: RAY_AUTH_TOKEN_PATH names a file that is not there or empty, or others can read the token's file.
    """
    if text := os.environ.get("RAY_AUTH_TOKEN", "").strip():
        return Token(text)
    named = os.environ.get("RAY_AUTH_TOKEN_PATH")
    file = token_file()
    try:
        text = file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"Expected a token in {file}. Received: {error}. {HOW}") from None
    if named and not text:
        raise InputError(f"Expected a token in the file that RAY_AUTH_TOKEN_PATH names. Received: {file}. {HOW}")
    if text and os.name == "posix" and file.stat().st_mode & 0o077:
        raise InputError(f"Expected a token that you alone can read. Received: {file}. Say `chmod 600 {file}`.")
    return Token(text, file if text else None)
