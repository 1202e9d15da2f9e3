"""A server between a client and an object store, which can be slow, refuse, fail now and then, or be away.

It is a process of its own: `faults.py http://HOST:PORT FILE`, where FILE says what it does. It prints its port.
"""

import http.client
import itertools
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NONE, REFUSE, THIRD, AWAY, SLOW = "none", "refuse", "third", "away", "slow"


class Gate:
    """What the server does with each request from now on. port: where it listens on loopback."""

    def __init__(self, port: int, file: Path) -> None:
        self.port = port
        self._file = file

    def none(self) -> None:
        """Pass every request on."""
        self._file.write_text(NONE)

    def refuse(self) -> None:
        """Answer as to keys without a right."""
        self._file.write_text(REFUSE)

    def fail_a_third(self) -> None:
        """Answer 503 to every third request."""
        self._file.write_text(THIRD)

    def be_away(self) -> None:
        """Hang up on every request."""
        self._file.write_text(AWAY)

    def be_slow(self, seconds: float) -> None:
        """Take that long for every answer."""
        self._file.write_text(f"{SLOW} {seconds}")


def _handler(behind_at: str, file: Path) -> type[BaseHTTPRequestHandler]:
    counted = itertools.count()

    def fault() -> int | None:
        """Return an HTTP status to answer with, 0 to hang up, None to pass the request on."""
        at, (word, _, seconds) = next(counted), file.read_text().partition(" ")
        if word == SLOW:
            time.sleep(float(seconds))
        return {REFUSE: 403, AWAY: 0, THIRD: 503 if at % 3 == 0 else None}.get(word)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            content = self._content()
            status = fault()
            if status == 0:
                self.close_connection = True
                self.connection.close()
                return
            if status is not None:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            host, _, port = behind_at.removeprefix("http://").partition(":")
            behind = http.client.HTTPConnection(host, int(port), timeout=60)
            try:
                gone = ("transfer-encoding", "connection", "content-length")
                headers = {key: value for key, value in self.headers.items() if key.lower() not in gone}
                behind.request(self.command, self.path, content, headers | {"Content-Length": str(len(content))})
                answer = behind.getresponse()
                body = answer.read()
            finally:
                behind.close()
            self.send_response(answer.status)
            for key, value in answer.getheaders():
                if key.lower() not in (*gone, "server", "date"):
                    self.send_header(key, value)
            length = answer.getheader("Content-Length") if self.command == "HEAD" else None
            self.send_header("Content-Length", length or str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_PATCH = _pass  # noqa: N815 (the base class's names)

        def _content(self) -> bytes:
            if "chunked" in self.headers.get("Transfer-Encoding", ""):
                found = b""
                while size := int(self.rfile.readline().partition(b";")[0], 16):
                    found += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return found
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def gate_before(server: str, file: Path) -> Iterator[Gate]:
    """Yield the gate of a server at http://HOST:PORT; file: where what it does is written."""
    file.write_text(NONE)
    process = subprocess.Popen([sys.executable, __file__, server, str(file)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Gate(int(process.stdout.readline()), file)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def main(server: str, file: Path) -> None:
    """Serve until killed."""
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server, file))
    listening.daemon_threads = True
    sys.stdout.write(f"{listening.server_address[1]}\n")
    sys.stdout.flush()
    listening.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
