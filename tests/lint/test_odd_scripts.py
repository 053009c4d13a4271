"""Scripts that no rule expects: each is passed over or found, and no rule crashes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dbman.lint import Linted, find_own_rules

ODD = {
    "expressions": 'op.create_index("ix", "thing", [sa.text("lower(name)")], unique=True)',
    "index_of_nothing": 'op.create_index("ix", "thing", ["name"])\nop.drop_index("ix")',
    "class_as_type": 'op.alter_column("thing", "name", type_=sa.Text, existing_type=sa.String)',
    "type_of_ones_own": (
        "class Odd(sa.types.UserDefinedType):\n"
        '    def get_col_spec(self, **kw):\n        return "ODD(1, x)"\n'
        'op.add_column("thing", sa.Column("x", Odd()))\n'
        'op.alter_column("thing", "x", type_=sa.Text(), existing_type=Odd())'
    ),
    "no_names": (
        'with op.batch_alter_table("thing") as batch:\n'
        '    batch.create_check_constraint(None, "id > 0")\n'
        '    batch.create_unique_constraint(None, ["name"])\n'
        '    batch.create_foreign_key(None, "thing", ["id"], ["id"])'
    ),
    "items_of_a_table": (
        'op.create_table("x", sa.Column("id", sa.Integer, sa.Sequence("s"), primary_key=True),'
        ' sa.Column("n", sa.Integer, sa.CheckConstraint("n > 0")), sa.Index("ix_n", "n"),'
        ' sa.PrimaryKeyConstraint("id"), sqlite_autoincrement=True)'
    ),
    "constructs": (
        'op.execute(sa.DDL("CREATE VIEW v AS SELECT 1"))\n'
        'op.execute(sa.text("UPDATE thing SET name = :x").bindparams(x="1"))\n'
        'op.execute(sa.table("thing", sa.column("id")).delete())'
    ),
    "nothing_but_a_comment": 'op.execute("-- nothing")',
    "several_statements": 'op.execute("DELETE FROM thing; DROP TABLE thing;")',
    "a_session": (
        "from sqlalchemy.orm import Session\n"
        'Session(bind=op.get_bind()).execute(sa.text("SELECT id FROM thing")).fetchall()'
    ),
    "empty_batch": 'with op.batch_alter_table("thing", recreate="always"):\n    pass',
    "custom_operation": (
        "from alembic.operations import MigrateOperation, Operations\n"
        "class Odd(MigrateOperation):\n    pass\n"
        "Operations.implementation_for(Odd)(lambda operations, operation: None)\n"
        "op.invoke(Odd())"
    ),
    "caught_failure": (
        'try:\n    op.get_bind().execute(sa.text("SELECT nosuch"))\nexcept Exception:\n    pass'
    ),
}
HEADS = {
    "no_function": "revision = 'p1'\nupgrade = downgrade = lambda: None\n",
    "a_function_of_another": "from os import getpid as upgrade, getpid as downgrade\n",
    "a_class": "class Both:\n    def __call__(self): pass\nupgrade = downgrade = Both()\n",
}


@pytest.mark.parametrize("name", [*ODD, *HEADS])
def test_no_rule_crashes(name: str, linted: Callable[..., Linted]) -> None:
    """All rules look at it, also those for another database."""
    made = 'op.create_table("thing", sa.Column("id", sa.Integer), sa.Column("name", sa.String))'
    body = "\n".join(f"    {line}" for line in ODD.get(name, "").splitlines())
    scripts = {
        "acme/a1.py": f"def upgrade():\n    {made}\n\n\ndef downgrade():\n    pass\n",
        "poser/p1.py": HEADS.get(name, f'depends_on = "a1"\n\n\ndef upgrade():\n{body}\n'),
    }
    result = linted(scripts, *(rule.code for rule in find_own_rules()))
    assert [each for each in result.not_run if each.crashed or not each.code] == []
