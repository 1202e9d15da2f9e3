"""A port of this machine that leads to a socket in a folder of our own, and is ours as long as it is open.

SSH can listen on a port, but one has to be free before SSH takes it, and is free again when SSH ends: whoever takes it
then gets the token. So SSH listens on a socket that we alone can open; the port before it never leaves this process.
"""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PIECE = 2**16  # bytes


@contextmanager
def relayed(path: Path) -> Iterator[int]:
    """Yield a port of the loopback, each connection to which goes on to the socket at `path`.

    Where nothing answers there, a connection is closed at once: nothing that was said to it goes anywhere.
    """

    class Connection(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.socket(socket.AF_UNIX) as there:
                try:
                    there.connect(str(path))
                except OSError:
                    return
                back = threading.Thread(target=_pour, args=(there, self.request), daemon=True)
                back.start()
                _pour(self.request, there)
                back.join()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Connection) as server:
        server.daemon_threads = True
        server.block_on_close = False  # a connection that hangs does not hold the command
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def _pour(source: socket.socket, drain: socket.socket) -> None:
    """Hand on what comes until it ends, then say so to the other side."""
    with suppress(OSError):
        while piece := source.recv(_PIECE):
            drain.sendall(piece)
    with suppress(OSError):
        drain.shutdown(socket.SHUT_WR)
