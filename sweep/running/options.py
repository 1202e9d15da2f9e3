"""How a study is run, apart from what is run: a value for each option that `sweep.run` has."""

from dataclasses import dataclass

from sweep.running.listeners import Listener


@dataclass(frozen=True)
class RunOptions:
    """How a study is run; `sweep.running.execution.run` describes each option."""

    address: str | None = None
    slots: int | None = None
    retry_failed: bool = False
    progress: bool = True
    follow: bool = False
    accept_code: bool = False
    listeners: tuple[Listener, ...] = ()
