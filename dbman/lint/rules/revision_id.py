"""DBM310: a revision id is too long, or hard to type."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule
from dbman.versions import ALEMBIC_WIDTH

_SLUG = re.compile(r"[\w.]+", re.ASCII)


class RevisionId(Rule):
    """A revision id has more than 32 characters, or others than letters, digits, `_` and `.`.

    Alembic's version table is 32 characters wide: PostgreSQL refuses a longer id at the end of the
    migration, SQLite keeps it. dbman makes the table wide enough, but one that plain Alembic made
    stays as it is. Blanks and signs have to be quoted in every command.

    Bad:

    ```python
    revision = "p1 widgets have a width"
    down_revision = "p0"


    def upgrade():
        op.add_column("poser_widget", sa.Column("width", sa.Integer))


    def downgrade():
        op.drop_column("poser_widget", "width")
    ```

    Good:

    ```python
    revision = "p1_width"
    down_revision = "p0"


    def upgrade():
        op.add_column("poser_widget", sa.Column("width", sa.Integer))


    def downgrade():
        op.drop_column("poser_widget", "width")
    ```

    Choose another one, as long as nobody has applied the revision.
    """

    code = "DBM310"
    name = "revision-id"
    group = "hygiene"

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield each such id."""
        for source in case.scripts:
            id_, at = source.header.revision, source.place("revision")
            if id_ is None:
                continue
            if len(id_) > ALEMBIC_WIDTH:
                said = (
                    f"the id {id_!r} has {len(id_)} characters, and Alembic keeps {ALEMBIC_WIDTH}"
                )
                yield self.finding(source, said, at=at)
            elif not _SLUG.fullmatch(id_):
                said = f"the id {id_!r} has more than letters, digits, _ and . in it"
                yield self.finding(source, said, at=at)
