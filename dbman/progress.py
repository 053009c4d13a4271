"""How the rooms below the command line tell what they do: a protocol with a silent default."""

from __future__ import annotations

from typing import Protocol


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
