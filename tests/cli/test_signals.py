"""Signals end a run by an exception, where nobody else has a say in them."""

from __future__ import annotations

import signal
import sqlite3
import threading

import pytest

from dbman.cli.signals import Terminated, stoppable

pytestmark = pytest.mark.any_version


@pytest.mark.parametrize(
    ("sent", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)]
)
def test_a_signal_is_raised_and_the_handlers_are_put_back(
    sent: signal.Signals, raised: type[BaseException]
) -> None:
    """Inside the block alone."""
    before = signal.getsignal(sent)
    with pytest.raises(raised), stoppable(lambda: False):
        signal.raise_signal(sent)
    assert signal.getsignal(sent) == before


def test_a_signal_inside_a_function_that_sqlite_calls_is_raised_too() -> None:
    """The driver swallows what is raised there, and calls the statement not authorized."""
    connection = sqlite3.connect(":memory:")

    def authorize(*names: object) -> int:
        signal.raise_signal(signal.SIGTERM)
        return sqlite3.SQLITE_OK

    connection.set_authorizer(authorize)
    with pytest.raises(Terminated) as caught, stoppable(lambda: False):
        connection.execute("SELECT 1")
    assert str(caught.value.__cause__) == "not authorized"
    connection.close()


def test_a_commit_under_way_is_not_interrupted() -> None:
    """All steps ran: what is left is a moment."""
    with stoppable(lambda: True):
        signal.raise_signal(signal.SIGINT)


def test_the_handlers_of_a_host_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """So is a signal that is ignored, as under nohup."""
    heard = []
    usual = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    ignored = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with stoppable(lambda: False):
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGTERM, usual)
        signal.signal(signal.SIGINT, ignored)
    assert heard == [signal.SIGTERM]


def test_other_threads_have_no_signals() -> None:
    """A host may run a command in one."""
    done = []

    def work() -> None:
        with stoppable(lambda: False):
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
