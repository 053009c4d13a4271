"""DBM110: two scripts have one revision id."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule, Severity
from dbman.lint.sources import Source
from dbman.revisions import Key


class DuplicateId(Rule):
    """Two scripts have the same revision id.

    To Alembic that is only a warning: it keeps one of the two scripts, never runs the other, and
    ends with exit code 0. dbman refuses to move a database with such scripts.

    Bad:

    ```python
    # poser/p1.py
    revision = "p1"
    down_revision = None

    # poser/p2.py
    revision = "p1"
    down_revision = "p0"
    ```

    Good:

    ```python
    # poser/p1.py
    revision = "p1"
    down_revision = None

    # poser/p2.py
    revision = "p2"
    down_revision = "p1"
    ```

    Give one of them another id, and the scripts that revise it as well. Where the extensions were
    made for version tables of their own, say so with the setting `version_table`.
    """

    code = "DBM110"
    name = "duplicate-id"
    group = "manners"
    severity = Severity.ERROR

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield the id of each script but the first that has it."""
        first: dict[Key, Source] = {}
        for source in sorted(case.scripts, key=lambda each: each.revision is None):
            if source.header.revision is None:
                continue
            key = Key(source.extension.tree, source.header.revision)
            other = first.setdefault(key, source)
            if other is not source:
                message = f"revision {key.id!r} is that of {other.path} too"
                yield self.finding(source, message, at=source.place("revision"))
