"""Steps over tables that hold rows: what fails only there, and rows that should stay."""

from __future__ import annotations

import pytest

from dbman.verify import Bench, Options, Verification, all_units
from verify.conftest import History

PARENT = 'op.create_table("poser_p", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(20)), sa.Column("big", sa.BigInteger), sa.Column("kind", sa.Integer, nullable=False))'
CHILD = 'op.create_table("poser_c", sa.Column("id", sa.Integer, primary_key=True), sa.Column("p_id", sa.Integer, sa.ForeignKey("poser_p.id", ondelete="CASCADE"), nullable=False))'
LOOSE = (
    CHILD.replace("poser_c", "poser_l")
    .replace("CASCADE", "SET NULL")
    .replace("nullable=False", "nullable=True")
)
START = (
    f"{PARENT}\n{CHILD}\n{LOOSE}",
    'op.drop_table("poser_l")\nop.drop_table("poser_c")\nop.drop_table("poser_p")',
)
REMAKE = """
op.execute("CREATE TABLE new_p (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20), big BIGINT, kind INTEGER NOT NULL)")
op.execute("INSERT INTO new_p SELECT id, name, big, kind FROM poser_p {}")
op.execute("DROP TABLE poser_p")
op.execute("ALTER TABLE new_p RENAME TO poser_p")
"""
BATCH = 'with op.batch_alter_table("poser_p") as batch:\n    batch.'
FAILING = {
    "not null without default": (
        f'{BATCH}add_column(sa.Column("code", sa.Integer, nullable=False))',
        f'{BATCH}drop_column("code")',
        "does not apply where tables hold rows: ",
    ),
    "null made not null": (
        f'{BATCH}alter_column("name", nullable=False)',
        f'{BATCH}alter_column("name", nullable=True)',
        "does not apply where tables hold rows: ",
    ),
    "unique over duplicates": (
        f'{BATCH}create_unique_constraint("uq_name", ["name"])',
        f'{BATCH}drop_constraint("uq_name", type_="unique")',
        "does not apply where tables hold rows: ",
    ),
    "unique index over duplicates": (
        'op.create_index("uq_name", "poser_p", ["name"], unique=True)',
        'op.drop_index("uq_name", "poser_p")',
        "does not apply where tables hold rows: ",
    ),
    "check over what is there": (
        f'{BATCH}create_check_constraint("ck_name", "length(name) < 10")',
        f'{BATCH}drop_constraint("ck_name", type_="check")',
        "does not apply where tables hold rows: ",
    ),
    "foreign key over what is there": (
        f'{BATCH}create_foreign_key("fk_big", "poser_p", ["big"], ["id"])',
        f'{BATCH}drop_constraint("fk_big", type_="foreignkey")',
        "does not apply where tables hold rows: ",
    ),
    "narrower text": (
        f'{BATCH}alter_column("name", type_=sa.String(5))',
        f'{BATCH}alter_column("name", type_=sa.String(20))',
        "after the upgrade 4 rows of poser_p hold in name what VARCHAR(20) takes and VARCHAR(5) does not",
    ),
    "smaller number": (
        f'{BATCH}alter_column("big", type_=sa.Integer)',
        f'{BATCH}alter_column("big", type_=sa.BigInteger)',
        "after the upgrade 1 rows of poser_p hold in big what BIGINT takes and INTEGER does not",
    ),
    "texts put into SQL": (
        'for row in op.get_bind().execute(sa.text("SELECT id, name FROM poser_p")).fetchall():\n'
        "    op.execute(f\"UPDATE poser_p SET name = '{row[1]}!' WHERE id = {row[0]}\")",
        "pass",
        "does not apply where tables hold rows: ",
    ),
    "rows lost on the way": (
        REMAKE.format("WHERE name IS NOT NULL"),
        "pass",
        "after the upgrade 1 of 5 rows of poser_p are gone",
    ),
    "rows that nobody names": (
        'raw = op.get_bind().connection.dbapi_connection\nraw.execute("UPDATE poser_p SET big = 7")',
        "pass",
        "after the upgrade 5 rows of poser_p have changed (big)",
    ),
    "downgrade not null": (
        f'{BATCH}drop_column("kind")',
        f'{BATCH}add_column(sa.Column("kind", sa.Integer, nullable=False))',
        "cannot be undone where tables hold rows: ",
    ),
}
SOUND = {
    "default": (
        f'{BATCH}add_column(sa.Column("code", sa.Integer, nullable=False, server_default="1"))',
        f'{BATCH}drop_column("code")',
    ),
    "filled first": (
        f"op.execute(\"UPDATE poser_p SET name = 'none' WHERE name IS NULL\")\n"
        f'{BATCH}alter_column("name", nullable=False)',
        f'{BATCH}alter_column("name", nullable=True)',
    ),
    "duplicates removed": (
        'op.execute("DELETE FROM poser_p WHERE id NOT IN (SELECT min(id) FROM poser_p GROUP BY name)")\n'
        f'{BATCH}create_unique_constraint("uq_name", ["name"])',
        f'{BATCH}drop_constraint("uq_name", type_="unique")',
    ),
    "renames": (
        'op.rename_table("poser_p", "poser_q")\n'
        'op.alter_column("poser_q", "name", new_column_name="title")',
        'op.alter_column("poser_q", "title", new_column_name="name")\n'
        'op.rename_table("poser_q", "poser_p")',
    ),
    "made anew": (REMAKE.format(""), "pass"),
    "parents deleted": ('op.execute("DELETE FROM poser_p WHERE big IS NULL")', "pass"),
    "generated column": (
        'op.execute("ALTER TABLE poser_p ADD COLUMN twice INTEGER AS (kind * 2)")',
        'op.execute("ALTER TABLE poser_p DROP COLUMN twice")',
    ),
    "made again": (
        'op.drop_table("poser_c")\n' + CHILD,
        "pass",
    ),
    "rows of its own": (
        "op.execute(\"INSERT INTO poser_p (id, name, kind) VALUES (1000, 'one', 1)\")",
        'op.execute("DELETE FROM poser_p WHERE id = 1000")',
    ),
    "wider": (
        f'{BATCH}alter_column("name", type_=sa.String(40))',
        f'{BATCH}alter_column("name", type_=sa.String(20))',
    ),
    "trigger": (
        'op.execute("CREATE TRIGGER t AFTER UPDATE ON poser_c BEGIN UPDATE poser_p SET big = 1; END")\n'
        'op.execute("UPDATE poser_c SET p_id = p_id")',
        'op.execute("DROP TRIGGER t")',
    ),
}  # fmt: skip


def rows_of(found: Verification) -> list[str]:
    """Return what was found and passed over over rows."""
    return [
        f"{each.revision} {each.message}" for each in found.findings if each.check == "rows"
    ] + [f"{each.revision} skipped {each.reason}" for each in found.skipped if each.check == "rows"]


@pytest.mark.parametrize("fault", FAILING)
def test_what_fails_only_over_rows(history: History, fault: str) -> None:
    """It is found there, once, and not where tables are empty."""
    up, down, wanted = FAILING[fault]
    found = history(START, (up, down))
    (told,) = rows_of(found)
    assert told.startswith(f"r2 {wanted}")
    assert not [each for each in found.findings if each.check == "steps"]


@pytest.mark.parametrize("change", SOUND)
def test_what_is_sound_finds_nothing(history: History, change: str) -> None:
    """Rows that a script means to change may change."""
    found = history(START, SOUND[change])
    assert rows_of(found) == []


def test_a_table_without_rows_is_named(history: History) -> None:
    """It is told as skipped, at each step that meets it, and the others are tried."""
    never = (
        'op.create_table("poser_n", sa.Column("id", sa.Integer), sa.CheckConstraint("id <> id"))'
    )
    nulls = f"{never}\nop.execute(\"CREATE TRIGGER n BEFORE INSERT ON poser_n BEGIN SELECT RAISE(ABORT, 'no'); END\")"
    found = history(START, (nulls, 'op.drop_table("poser_n")'), ("pass", "pass"))
    assert rows_of(found) == ["r3 skipped no rows for poser_n: no"]


def test_a_step_that_fails_anyway_is_told_once(history: History) -> None:
    """Where it fails on empty tables, rows are not asked."""
    found = history(START, ('op.drop_table("nosuch")', "pass"))
    assert rows_of(found) == ["r2 skipped it cannot be applied"]


def test_the_database_is_kept_with_its_rows(history: History) -> None:
    """Its rows are those that the step met."""
    import sqlite3

    up, down, _ = FAILING["unique over duplicates"]
    found = history(START, (up, down), keep=True, rows=7)
    (kept,) = found.kept
    rows = sqlite3.connect(kept).execute("SELECT count(*) FROM poser_p").fetchone()
    assert rows == (7,)


def test_a_unit_alone(history: History) -> None:
    """It finds the same without those before it."""
    up, down, wanted = FAILING["unique over duplicates"]
    manager = history.manager(START, (up, down), ("pass", "pass"))
    with Bench(manager.scene, manager.settings, Options()) as bench:
        unit = next(each for each in all_units(bench) if each.id == "poser::r2 rows")
        (finding,) = bench.run(unit)
        assert getattr(finding, "message", "").startswith(wanted)
