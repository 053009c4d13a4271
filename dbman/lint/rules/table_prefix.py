"""DBM101: a table lacks the prefix of its extension."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule


class TablePrefix(Rule):
    """A table is made whose name lacks the prefix of its extension.

    All extensions share one database. The prefix is how they stay out of each other's way, and how
    dbman tells whose a table is when the extension is not installed any more. The core's tables,
    and those of an extension with `prefix = ""`, need none; nor does a table in a schema, one whose
    model says whose it is by `Table.info["extension"]`, or one that was renamed or dropped since.
    Where extensions are found in another way than by the group `dbman.extensions`, only a prefix
    that they or the settings name counts.

    Bad:

    ```python
    def upgrade():
        op.create_table("stance", sa.Column("id", sa.Integer, primary_key=True))


    def downgrade():
        op.drop_table("stance")
    ```

    Good:

    ```python
    def upgrade():
        op.create_table("poser_stance", sa.Column("id", sa.Integer, primary_key=True))


    def downgrade():
        op.drop_table("poser_stance")
    ```

    Rename the table in a new revision, or say that the extension has another prefix: by `prefix` in
    its `Extension`, or under `[tool.dbman.extensions.NAME]` in the settings.
    """

    code = "DBM101"
    name = "table-prefix"
    group = "manners"

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield what makes a table that is there at the heads and lacks the prefix."""
        steps = case.recording.up
        last = list(steps.values())[-1].after.tables if steps else ()
        for key, step in steps.items():
            extension = step.revision.extension
            prefix = case.prefix(extension)
            for did in step.did if prefix else ():
                for table in step.made.intersection(did.tables, last):
                    is_apart = "." in table or table.startswith(prefix)
                    if not is_apart and case.said_owner(table) != extension:
                        yield self.finding(
                            case.by_key[key],
                            f"table {table} of {extension} lacks the prefix {prefix}",
                            at=did.place.at,
                        )
