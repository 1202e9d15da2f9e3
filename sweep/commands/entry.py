"""The command `sweep` from its first moment: Ctrl-C while it is still being imported is no traceback either."""

import signal
import sys

_STOPPED = 130  # as in `sweep.commands.output`, which may not be there yet


def main() -> None:
    """Run the command; Ctrl-C that no command answers itself ends it with one line."""
    try:
        from sweep.commands.cli import main as run

        run()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one finds nothing to interrupt
        sys.stderr.write("sweep: stopped.\n")
        sys.exit(_STOPPED)
