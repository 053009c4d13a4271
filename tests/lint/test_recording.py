"""The recording: what scripts do, found by a replay, with the place where they ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import forget
from dbman.lint.recording import Recorded, Recording, record
from dbman.manager import Manager
from dbman.revisions import Key
from scripts_text import makes, script

FILLED = """
op.create_table("widget", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text))
bind = op.get_bind()
sa.inspect(bind).get_columns("widget")
bind.execute(sa.text("UPDATE widget SET name = 'x'"))
with bind.engine.begin() as other:
    other.exec_driver_sql("DELETE FROM widget; INSERT INTO widget (name) VALUES ('y')")
widget = sa.table("widget", sa.column("name"))
op.execute(widget.insert().from_select(["name"], sa.select(sa.text("'z'"))))
op.bulk_insert(widget, [{"name": "w"}])
"""
ALTERED = """
with op.batch_alter_table("widget") as batch:
    batch.alter_column("name", nullable=False, existing_type=sa.Text)
    batch.add_column(
        sa.Column("size", sa.Integer),
    )
op.create_foreign_key("fk", "widget", "widget", ["size"], ["id"])
with op.get_context().autocommit_block():
    op.create_index("ix", "widget", ["name"], postgresql_concurrently=True)
"""
FIRST_LINE = 18
"""The line on which the body of `upgrade()` begins, in a script as `script` writes it."""


@pytest.fixture
def recorded(
    make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[..., Recording]]:
    """Return a function that replays the scripts of one extension, made of (upgrade, downgrade)."""

    def replay(*bodies: tuple[str, str], url: str = "sqlite://", **more: str) -> Recording:
        texts = {
            f"r{number}.py": script(
                f"r{number}",
                *(body.strip("\n") for body in pair),
                down=f"r{number - 1}" if number else None,
                label=None if number else "odd",
            )
            for number, pair in enumerate(bodies)
        }
        monkeypatch.syspath_prepend(make_extension("odd", texts | more))
        manager = Manager(db=tmp_path / "x.db", scratch_url=url)
        return record(manager.scene, manager.settings)

    yield replay
    forget("odd")


def key(id_: str) -> Key:
    """Return the key of a revision."""
    return Key("alembic_version", id_)


def shown(did: Recorded) -> tuple[object, ...]:
    """Return the kind, the line in `upgrade()`, and the tables that change."""
    return did.kind, did.place.line - FIRST_LINE + 1, did.tables, did.writes


def test_operations_and_statements_of_a_script_are_recorded(
    recorded: Callable[..., Recording],
) -> None:
    """Reflection, and what operations cause, are not."""
    step = recorded((FILLED, 'op.drop_table("widget")')).up[key("r0")]
    assert step.failure is None
    assert [shown(each) for each in step.did] == [
        ("CreateTableOp", 1, ("widget",), ()),
        ("Statement", 4, (), ("widget",)),
        ("Statement", 6, (), ("widget",)),
        ("ExecuteSQLOp", 8, (), ("widget",)),
        ("BulkInsertOp", 9, (), ("widget",)),
    ]
    assert [each.verb for each in step.statements] == ["UPDATE", "DELETE", "INSERT"]
    assert [each.is_written for each in step.statements] == [True, True, False]
    assert step.made == {"widget"}


def test_operations_inside_a_batch_are_recorded_and_not_the_rebuild(
    recorded: Callable[..., Recording],
) -> None:
    """They keep their lines; what is rerouted to a batch is no batch of the script."""
    make = makes("widget", 'sa.Column("name", sa.Text)')
    step = recorded(make, (ALTERED, "raise SystemExit")).up[key("r1")]
    assert [(*shown(each), each.in_batch, each.in_autocommit) for each in step.did] == [
        ("AlterColumnOp", 2, ("widget",), (), True, False),
        ("AddColumnOp", 3, ("widget",), (), True, False),
        ("CreateForeignKeyOp", 6, ("widget",), (), False, False),
        ("CreateIndexOp", 8, ("widget",), (), False, True),
    ]
    added = step.did[1].place
    assert (added.column, added.end_line) == (9, added.line + 2)
    assert step.did[3].operation.kw == {"postgresql_concurrently": True}


def test_a_downgrade_is_recorded_and_undone(recorded: Callable[..., Recording]) -> None:
    """One that fails says where, and the scripts behind it are recorded all the same."""
    bad = (makes("two")[0], 'op.drop_table("two")\nraise ValueError("no way back")')
    recording = recorded(makes("one"), bad, (makes("three")[0], "op.get_bind().rollback()"))
    assert list(recording.up) == [key("r0"), key("r1"), key("r2")]
    failed = recording.down[key("r1")]
    assert failed.failure is not None
    assert failed.failure.endswith("r1.py:23: ValueError: no way back")
    assert (failed.line, failed.after) == (23, failed.before)
    assert [each.kind for each in failed.did] == ["DropTableOp"]
    assert recording.down[key("r0")].after.tables == ()
    assert recording.up[key("r2")].after.tables == ("one", "three", "two")


def test_what_stands_on_a_failed_upgrade_is_left_out(recorded: Callable[..., Recording]) -> None:
    """Others go on."""
    other = script("other", *makes("other"), label="other")
    recording = recorded(
        makes("one"), ('op.drop_table("nosuch")', "pass"), makes("three"), **{"other.py": other}
    )
    failed = recording.up[key("r1")]
    assert failed.failure is not None
    assert "no such table" in failed.failure
    assert failed.line == FIRST_LINE
    assert key("r1") not in recording.down
    assert recording.left_out == {key("r2"): "it needs odd r1, which did not run"}
    assert recording.up[key("other")].made == {"other"}


def test_a_script_that_does_not_load_is_told(recorded: Callable[..., Recording]) -> None:
    """A missing function is a failure of its direction alone."""
    text = script("late", *makes("late"), label="late").partition("def downgrade")[0]
    recording = recorded(makes("one"), **{"late.py": text})
    assert recording.up[key("late")].failure is None
    assert str(recording.down[key("late")].failure).endswith("late.py has no downgrade()")


def test_helpers_outside_the_script_are_seen_at_its_own_line(
    recorded: Callable[..., Recording], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The innermost frame in the script counts, also of its own functions."""
    helper = tmp_path / "helpers" / "helping.py"
    helper.parent.mkdir()
    helper.write_text("from alembic import op\n\ndef drop(name):\n    op.drop_table(name)\n")
    monkeypatch.syspath_prepend(helper.parent)
    body = 'from helping import drop\ndef mine():\n    drop("one")\nmine()'
    step = recorded(makes("one"), (body, "pass")).up[key("r1")]
    assert [shown(each) for each in step.did] == [("DropTableOp", 3, ("one",), ())]


@pytest.mark.parametrize("server", ["postgresql_url", "mariadb_url"])
def test_a_replay_on_a_server(
    server: str, recorded: Callable[..., Recording], request: pytest.FixtureRequest
) -> None:
    """PostgreSQL undoes a failed downgrade; MariaDB cannot, and the replay ends there."""
    url = request.getfixturevalue(server)
    bad = (makes("two")[0], 'op.drop_table("two")\nop.drop_table("nosuch")')
    recording = recorded(makes("one"), bad, makes("three"), url=url)
    assert recording.up[key("r1")].before.tables == ("one",)
    assert "nosuch" in str(recording.down[key("r1")].failure)
    if server == "postgresql_url":
        assert recording.down[key("r2")].after.tables == ("one", "two")
    else:
        assert "cannot undo it" in recording.left_out[key("r2")]
