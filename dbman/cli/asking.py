"""Questions before something goes, asked on stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dbman.cli.output import is_terminal, print_talk
from dbman.cli.render import Block
from dbman.cli.talk import Talk
from dbman.cli.views.backups import restoring_blocks
from dbman.cli.views.moves import dropping_blocks, plan_table, taken_along
from dbman.errors import UsageError

if TYPE_CHECKING:
    from dbman.autogenerate import Rename
    from dbman.backups import Restored
    from dbman.migrator.drops import Dropping
    from dbman.plans import Plan


class Asker:
    """Show what goes and ask; with --yes nobody is asked, but what goes is still named.

    Every question raises `UsageError` where there is no terminal to ask on.
    """

    def __init__(self, talk: Talk, command: str, yes: bool) -> None:
        self.talk = talk
        self.command = command
        self.yes = yes
        self.declined = False
        """Whether an answer was no."""

    def about_plan(self, plan: Plan) -> bool:
        """Ask about the steps of a downgrade and name the extensions that it takes along."""
        blocks: list[Block] = [] if self.yes else [plan_table(plan)]
        return self._ask([*blocks, *taken_along(plan)], "undo this?")

    def about_dropping(self, dropping: Dropping) -> bool:
        """Ask about the tables that dropdb drops."""
        return self._ask(dropping_blocks(dropping), "drop this?")

    def about_restoring(self, restored: Restored) -> bool:
        """Ask about what a backup replaces."""
        return self._ask(restoring_blocks(restored), "replace it?")

    def about_tables(self, tables: Sequence[str]) -> bool:
        """Ask about the tables that go with a row."""
        shown = ", ".join(tables) if tables else "no tables"
        return self._ask([f"drops {shown}"], "forget the row and drop this?")

    def about_rename(self, rename: Rename) -> bool | None:
        """Ask whether something has another name now; None where there is no terminal."""
        if not _is_asked():
            return None
        self.talk.close()
        return _answer(f"is {rename.new} what was {rename.old}?") in ("y", "yes")

    def _ask(self, blocks: Sequence[Block], question: str) -> bool:
        if self.yes:
            self.talk.say(*blocks)
            return True
        if not _is_asked():
            raise UsageError(
                f"`{self.command}` asks first, and there is no terminal to ask on", "say --yes"
            )
        self.talk.quiet, quiet = False, self.talk.quiet
        self.talk.say(*blocks)
        self.talk.quiet = quiet
        self.declined = _answer(question) not in ("y", "yes")
        return not self.declined


def _is_asked() -> bool:
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


def _answer(question: str) -> str:
    """Return what was typed; where nothing was, what follows still begins on a line of its own."""
    print_talk(f"{question} [y/N] ")
    line = ""
    try:
        line = sys.stdin.readline()
    finally:
        if not line.endswith("\n"):
            print_talk("\n")
    return line.strip().lower()
