"""DBM305: a downgrade does not bring back what was there."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.facts import Difference, difference
from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule
from dbman.lint.types import is_same, read_type
from dbman.migrator.scene import listed


class DowngradeNoMirror(Rule):
    """The schema after upgrade and downgrade is not the one before.

    Something is left over, or something is lost: an index, a default, NOT NULL. A second upgrade
    then fails, or the database is not what it is taken for. Columns, keys, constraints, indexes,
    triggers and views are compared; the order of columns does not count.

    Bad:

    ```python
    def upgrade():
        op.create_table("poser_gesture", sa.Column("id", sa.Integer, primary_key=True))
        op.create_index("ix_poser_widget_name", "poser_widget", ["name"])


    def downgrade():
        op.drop_table("poser_gesture")
    ```

    Good:

    ```python
    def upgrade():
        op.create_table("poser_gesture", sa.Column("id", sa.Integer, primary_key=True))
        op.create_index("ix_poser_widget_name", "poser_widget", ["name"])


    def downgrade():
        op.drop_index("ix_poser_widget_name", "poser_widget")
        op.drop_table("poser_gesture")
    ```

    Undo each operation, the last one first; what is named are the differences that are left.
    """

    code = "DBM305"
    name = "downgrade-no-mirror"
    group = "hygiene"

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield each downgrade that did something, and not all."""
        for key, down in case.recording.down.items():
            source, up = case.by_key.get(key), case.recording.up[key]
            if source is None or down.failure is not None:
                continue
            is_empty = not down.did and down.after == down.before
            differing = [
                each for each in difference(up.before, down.after) if not _is_spelling(each)
            ]
            if differing and not is_empty:
                left = listed([str(each) for each in differing], 3)
                at = source.place("downgrade")
                yield self.finding(source, f"after upgrade and downgrade: {left}", at=at)


def _is_spelling(each: Difference) -> bool:
    """Return whether only a type is spelled otherwise, as autogenerate does on each database."""
    if each.kind != "column" or each.before is None or each.after is None:
        return False
    both = each.before, each.after
    return is_same(*map(read_type, both)) and len({"NOT NULL" in one for one in both}) == 1
