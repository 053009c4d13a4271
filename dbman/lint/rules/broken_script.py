"""DBM112: a script cannot be used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from dbman.errors import Problem
from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule, Severity
from dbman.revisions import Key


class BrokenScript(Rule):
    """A script cannot be read, or does not fit into the graph of the revisions.

    It is no Python, has no `revision`, revises or depends on one that nobody has, has a label that
    is taken, or stands in a circle. Commands that move a database refuse what needs it.

    Bad:

    ```python
    revision = "p1"
    down_revision = "nosuch"
    ```

    Good:

    ```python
    revision = "p1"
    down_revision = None
    ```

    The message says what is wrong and how to mend it.
    """

    code = "DBM112"
    name = "broken-script"
    group = "manners"
    severity = Severity.ERROR

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield what cannot be used, but for ids that are there twice: DBM110 tells these."""
        told = set()
        for each in case.unreadable:
            told.add(each.problem.message)
            yield self._told(each.problem, each.extension.name, each.path)
        for problem in case.problems:
            if problem.message not in told and not _is_duplicate(case, problem):
                yield self._told(problem, problem.extension, problem.path)

    def _told(self, problem: Problem, extension: str | None, path: Path | None) -> Finding:
        line = re.match(rf"{re.escape(str(path))}:(\d+)", problem.message)
        at = (int(line[1]) if line else 1, 1)
        return self.about(path, problem.message, at, extension, problem.hint)


def _is_duplicate(case: Case, problem: Problem) -> bool:
    """Return whether a problem is of a script whose id another one has."""
    source = case.by_path.get(problem.path) if problem.path else None
    if source is None or source.revision is not None:
        return False
    return Key(source.extension.tree, source.header.revision or "") in case.graph.revisions
