"""What holds a tunnel open: `ray dashboard`, but SSH listens on a socket in place of a port.

`python -m sweep.submit.forward CLUSTER_FILE SOCKET PORT`: the socket leads to that port of the head's loopback until
the process ends. `ray dashboard` takes only a number, though SSH takes either; a test guards that Ray hands it on.
"""

import sys
from typing import Any


def main(words: list[str]) -> None:
    """Open the tunnel and keep it."""
    from ray.autoscaler._private.commands import exec_cluster

    file, path, port = words
    forward: Any = [(path, int(port))]
    exec_cluster(file, port_forward=forward)


if __name__ == "__main__":
    main(sys.argv[1:])
