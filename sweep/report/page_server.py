"""The live page over HTTP, for this machine's browsers alone: loopback, and an address that nobody can guess."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from threading import Thread
from urllib.parse import unquote, urlsplit

from sweep.errors import InputError, SweepError
from sweep.report.live_page import PAGE, LivePage

HOST = "127.0.0.1"
_SECONDS_IDLE = 30.0  # a connection that says nothing is closed
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@contextmanager
def served(page: LivePage, port: int = 0) -> Iterator[str]:
    """Serve a page within this block, and give its address, as http://127.0.0.1:PORT/TOKEN/.

    Args:
        page: what is served, with the files beside it.
        port: of the loopback address; 0 takes a free one.

    Raises:
        InputError: the port is taken, or not to be had.
    """
    token = secrets.token_urlsafe(16)
    try:
        server = _Server((HOST, port), _Answer)
    except (OSError, OverflowError) as error:
        raise InputError(
            f"Expected a free port for the page. Received: --port {port}: {getattr(error, 'strerror', None) or error}. "
            "Name another, or leave it out."
        ) from None
    server.page, server.token = page, token
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}/{token}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    """The server, with what it serves."""

    daemon_threads = True
    block_on_close = False
    page: LivePage
    token: str

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a browser that closes its side early is no error."""


class _Answer(BaseHTTPRequestHandler):
    """Answers one connection: GET and HEAD of what lies under the token, all else is not there."""

    server: _Server
    timeout = _SECONDS_IDLE
    server_version, sys_version = "sweep", ""

    def do_GET(self) -> None:
        """Send the page, the state, or a file."""
        self._send(body=True)

    def do_HEAD(self) -> None:
        """Send the headers alone."""
        self._send(body=False)

    def log_message(self, *_: object) -> None:
        """Print nothing: the terminal belongs to the command."""

    def _send(self, *, body: bool) -> None:
        code, kind, content = self._content()
        self.send_response(code)
        for name, value in (_HEADERS | {"Content-Type": kind, "Content-Length": str(len(content))}).items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(content)

    def _content(self) -> tuple[int, str, bytes]:
        """Return status, type and content. A page of another site that points its own name here learns nothing."""
        gone = (404, "text/plain; charset=utf-8", b"not here\n")
        if self.headers.get("Host", "").lower() not in self._own_names():
            return gone
        given, _, name = unquote(urlsplit(self.path).path).removeprefix("/").partition("/")
        if not secrets.compare_digest(given.encode(), self.server.token.encode()):
            return gone
        try:
            if name == "state":
                now = self.server.page.standing()
                answer = {"state": self.server.page.due(now), "text": now.text}
                return 200, "application/json", json.dumps(answer).encode()
            content = self.server.page.file(name or PAGE)
        except SweepError as error:
            return 503, "text/plain; charset=utf-8", f"{error}\n".encode()
        if content is None:
            return gone
        kind = guess_type(name or PAGE)[0] or "application/octet-stream"
        return 200, kind + "; charset=utf-8" * kind.startswith("text/"), content

    def _own_names(self) -> tuple[str, ...]:
        return tuple(f"{name}:{self.server.server_port}" for name in (HOST, "localhost"))
