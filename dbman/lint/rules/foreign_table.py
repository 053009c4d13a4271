"""DBM102: an operation changes another extension's table."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.errors import ExtensionError
from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule


class ForeignTable(Rule):
    """A script changes the definition of a table that belongs to another extension.

    The owner does not know of it: its own next migration may fail on that table, its models do not
    say what is there, and after a downgrade or an uninstall of the one the table is no longer what
    the other takes it for. Rows may be read and written, and foreign keys may point at it.

    Bad:

    ```python
    # poser/p1.py
    depends_on = "a1"  # of acme, which makes the table thing


    def upgrade():
        op.add_column("thing", sa.Column("stance", sa.String(40)))


    def downgrade():
        op.drop_column("thing", "stance")
    ```

    Good:

    ```python
    # poser/p1.py
    depends_on = "a1"


    def upgrade():
        op.create_table(
            "poser_stance",
            sa.Column("thing_id", sa.Integer, sa.ForeignKey("thing.id", name="fk_thing")),
            sa.Column("stance", sa.String(40)),
        )


    def downgrade():
        op.drop_table("poser_stance")
    ```

    Keep what belongs to an extension in tables of its own, or change the table in a script of its
    owner. Where the table has moved from one extension to the other, say so in its model:
    `Table.info["extension"]`.
    """

    code = "DBM102"
    name = "foreign-table"
    group = "manners"

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield each operation on a table that neither is its extension's nor was made by it."""
        makers: dict[str, set[str]] = {}
        for key, step in case.recording.up.items():
            extension = step.revision.extension
            created = (table for did in step.operations("CreateTableOp") for table in did.tables)
            for table in (*step.made, *created):
                makers.setdefault(table, set()).add(extension)
            for did in step.did:
                for table in did.tables:
                    owner = _owner(case, table)
                    if owner in (None, extension) or extension in makers.get(table, ()):
                        continue
                    yield self.finding(
                        case.by_key[key],
                        f"changes table {table}, which belongs to {owner}",
                        at=did.place.at,
                    )


def _owner(case: Case, table: str) -> str | None:
    """Return the owner of a table; None for a stranger's, and for a disputed one."""
    try:
        return case.ownership.owner_in_database(table)
    except ExtensionError:
        return None
