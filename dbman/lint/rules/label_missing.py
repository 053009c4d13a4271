"""DBM104: the first revision of an extension has no branch label."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule


class LabelMissing(Rule):
    """The first revision of an extension has no branch label.

    Without one plain Alembic has no name for the branch: `alembic upgrade poser@head` and
    `alembic downgrade poser@base` are errors, and so is `depends_on = "poser"`. Nothing is found
    where an extension has a version table to itself, nor in the one history of a plain Alembic
    project.

    Bad:

    ```python
    revision = "p1"
    down_revision = None
    branch_labels = None
    ```

    Good:

    ```python
    revision = "p1"
    down_revision = None
    branch_labels = ("poser",)
    ```

    A label can be added to a revision that is released: it is not kept in any database.
    """

    code = "DBM104"
    name = "label-missing"
    group = "manners"

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield each first revision on which no label stands."""
        for extension in case.needing_labels():
            for base in case.bases(extension.name):
                source = case.by_key.get(base.key)
                if source is not None and not case.labels(base):
                    yield self.finding(
                        source,
                        f"{base.id} is the first revision of {extension.name} and has no label",
                        at=source.place("branch_labels"),
                        hint=f"write branch_labels = ({extension.name!r},)",
                    )
