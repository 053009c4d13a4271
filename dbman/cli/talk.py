"""What is said on stderr while work goes on: `dbman.progress.Progress` for people."""

from __future__ import annotations

import shutil
import sys
from threading import Timer

from dbman.cli.output import is_terminal, print_people, print_talk
from dbman.cli.render import Block, Line, Styled, clean
from dbman.config.terminal import is_dumb

_PATIENCE = 1.0
"""After how many seconds work shows its progress."""


class Talk:
    """Tell people what happens: with -v every operation, with -vv every statement, with -q nothing.

    Work that takes longer than a second shows its progress in one line of the terminal.
    """

    def __init__(self, *, quiet: bool = False, verbose: int = 0) -> None:
        self.quiet = quiet
        self.verbose = verbose
        self.finished = False
        """Whether work was begun and is done."""
        self._title, self._total, self._done, self._text = "", 0, 0, ""
        self._drawn = 0
        self._is_late = self._is_working = False
        self._timer: Timer | None = None

    def say(self, *blocks: Block) -> None:
        """Print, unless quiet."""
        if not self.quiet:
            self._erase()
            print_people(blocks)

    def note(self, text: str) -> None:
        """Print a line."""
        self.say(text)

    def warn(self, text: str) -> None:
        """Print a warning."""
        self.say(Line([Styled("warning: ", "warn"), text]))

    def begin(self, title: str, total: int) -> None:
        """Start counting; nothing is shown for a second."""
        self._start(title, total)
        self.finished, self._is_working = False, True

    def _start(self, title: str, total: int) -> None:
        self.close()
        self._title, self._total, self._done, self._text = title, total, 0, ""
        if not self.quiet and not self.verbose and is_terminal(sys.stderr) and not is_dumb():
            self._timer = Timer(_PATIENCE, self._draw)
            self._timer.daemon = True
            self._timer.start()

    def step(self, text: str) -> None:
        """Show a step: as a line with -v, else in the line of progress."""
        self._done, self._text = self._done + 1, text
        if self.verbose:
            self.say(Line([Styled(f"{self._done}/{self._total}", "dim"), f" {text}"]))
        elif self._is_late:
            self._draw()

    def operation(self, text: str) -> None:
        """Show an operation, with -v."""
        if self.verbose:
            self.say(f"    {text}")

    def statement(self, text: str) -> None:
        """Show a statement, with -vv."""
        if self.verbose > 1:
            self.say(Line([Styled(f"      {text}", "dim")]))

    def end(self) -> None:
        """Take the line of progress away."""
        self.close()
        self.finished = True

    def look(self, title: str, total: int) -> None:
        """Start counting what changes nothing; inside of other work it is not shown."""
        if not self._is_working:
            self._start(title, total)

    def looked(self, text: str) -> None:
        """Show a step of that in the line of progress, once it takes long."""
        if not self._is_working:
            self._done, self._text = self._done + 1, text
            if self._is_late:
                self._draw()

    def seen(self) -> None:
        """Take the line of progress away."""
        if not self._is_working:
            self.close()

    def close(self) -> None:
        """Stop showing progress, also of work that failed."""
        self._is_working = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._is_late = False
        self._erase()

    def _draw(self) -> None:
        self._is_late = True
        line = clean(f"{self._title} {self._done}/{self._total} {self._text}")
        line = line[: shutil.get_terminal_size().columns - 1]
        print_talk("\r" + line.ljust(self._drawn))
        self._drawn = len(line)

    def _erase(self) -> None:
        if self._drawn:
            print_talk("\r" + " " * self._drawn + "\r")
            self._drawn = 0
