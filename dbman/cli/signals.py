"""Ctrl-C and SIGTERM: both end a run by an exception, so that its transaction is rolled back."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import TypeAlias

_Handler: TypeAlias = Callable[[int, FrameType | None], object] | signal.Handlers
_DEFAULTS: Mapping[signal.Signals, _Handler] = {
    signal.SIGINT: signal.default_int_handler,
    signal.SIGTERM: signal.SIG_DFL,
}


class Terminated(KeyboardInterrupt):
    """Somebody sent SIGTERM."""


@contextmanager
def stoppable(is_finishing: Callable[[], bool]) -> Iterator[None]:
    """Raise `KeyboardInterrupt` or `Terminated` inside the block when a signal says so.

    While `is_finishing()` a signal is passed over: all steps ran and the commit is under way, so
    that "nothing was changed" would not be true. Handlers of a host are left alone. What is raised
    while SQLite calls a function of Python's is swallowed by its driver, and the statement fails
    as one that is not authorized: such an error is told as what it comes from.
    """
    raised: list[KeyboardInterrupt] = []

    def stop(number: int, frame: FrameType | None) -> None:
        if not is_finishing():
            raised.append(Terminated() if number == signal.SIGTERM else KeyboardInterrupt())
            raise raised[-1]

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours = [number for number, usual in _DEFAULTS.items() if signal.getsignal(number) == usual]
    for number in ours:
        signal.signal(number, stop)
    try:
        yield
    except Exception as err:
        if raised:
            raise raised[-1] from err
        raise
    finally:
        for number in ours:
            signal.signal(number, _DEFAULTS[number])
