"""How the rooms below the command line tell what they do: a protocol with a silent default."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

Item = TypeVar("Item")


class Progress(Protocol):
    """What a listener is told while work goes on; nothing here prints."""

    def note(self, text: str) -> None:
        """Take one line for everybody (which database, what was left aside)."""

    def warn(self, text: str) -> None:
        """Take one line about something that deserves care."""

    def begin(self, title: str, total: int) -> None:
        """Take the start of work that has `total` steps."""

    def step(self, text: str) -> None:
        """Take the start of the next step of the work that began last."""

    def operation(self, text: str) -> None:
        """Take one operation inside a step (shown with -v)."""

    def statement(self, text: str) -> None:
        """Take one SQL statement (shown with -vv)."""

    def end(self) -> None:
        """Take the end of the work that began last."""

    def look(self, title: str, total: int) -> None:
        """Take the start of work that changes nothing: it is only worth a word if it takes long."""

    def looked(self, text: str) -> None:
        """Take the start of its next step."""

    def seen(self) -> None:
        """Take its end."""


class NullProgress:
    """Listen to nothing."""

    def note(self, text: str) -> None:
        """Ignore."""

    def warn(self, text: str) -> None:
        """Ignore."""

    def begin(self, title: str, total: int) -> None:
        """Ignore."""

    def step(self, text: str) -> None:
        """Ignore."""

    def operation(self, text: str) -> None:
        """Ignore."""

    def statement(self, text: str) -> None:
        """Ignore."""

    def end(self) -> None:
        """Ignore."""

    def look(self, title: str, total: int) -> None:
        """Ignore."""

    def looked(self, text: str) -> None:
        """Ignore."""

    def seen(self) -> None:
        """Ignore."""


def counted(
    progress: Progress, title: str, items: Collection[Item], name: Callable[[Item], str]
) -> Iterator[Item]:
    """Yield items one by one and tell which one it is, by its name."""
    with looking(progress, title, len(items)):
        for item in items:
            progress.looked(name(item))
            yield item


@contextmanager
def looking(progress: Progress, title: str, total: int = 1) -> Iterator[None]:
    """Tell of work that changes nothing, as long as the block lasts."""
    progress.look(title, total)
    try:
        yield
    finally:
        progress.seen()
