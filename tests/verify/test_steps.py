"""Up, down, up: what a downgrade leaves, takes too much of, or cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dbman import Manager
from dbman.errors import DatabaseError, UsageError
from dbman.verify import Bench, Finding, Options, Outcome, Skipped, Unit, all_units
from dbman.verify.units import Work
from verify.conftest import History

TABLE = (
    'op.create_table("poser_a", sa.Column("id", sa.Integer, primary_key=True),'
    ' sa.Column("name", sa.String(20)), sa.Column("size", sa.Integer))'
)
SOUND = (TABLE, 'op.drop_table("poser_a")')
INDEX = 'op.create_index("ix_a", "poser_a", ["name"])'
ADD = 'op.add_column("poser_a", sa.Column("note", sa.String(9)))'
FAULTS = {
    "index left": (INDEX, "pass", ["after a downgrade the schema differs: poser_a: index ix_a is new"]),
    "column left": (
        f"{ADD}\n{INDEX}",
        'op.drop_index("ix_a", "poser_a")',
        ["after a downgrade the schema differs: poser_a: column note is new: VARCHAR(9)"],
    ),
    "too much dropped": (
        ADD,
        'op.drop_column("poser_a", "note")\nop.drop_column("poser_a", "size")',
        ["after a downgrade the schema differs: poser_a: column size is gone: INTEGER"],
    ),
    "another type": (
        'op.drop_column("poser_a", "size")',
        'op.add_column("poser_a", sa.Column("size", sa.String(3)))',
        ["after a downgrade the schema differs: poser_a: column size was INTEGER, is VARCHAR(3)"],
    ),
    "trigger lost": (
        'op.execute("CREATE TRIGGER t AFTER INSERT ON poser_a BEGIN SELECT 1; END")',
        "pass",
        ["after a downgrade the schema differs: poser_a: trigger t is new"],
    ),
    "irreversible": (
        ADD,
        "raise NotImplementedError",
        ["cannot be undone: its downgrade raises NotImplementedError"],
    ),
    "missing": (ADD, None, ["cannot be undone: "]),
    "second time": (
        f"{ADD}\nop.execute(\"INSERT INTO poser_a (id) VALUES (1)\")",
        'op.drop_column("poser_a", "note")',
        ["does not apply a second time, after a downgrade: poser r2 r2 of a test failed at "],
    ),
    "fails": (ADD, 'op.drop_column("poser_b", "note")', ["cannot be undone: undo poser r2 r2 of a test failed"]),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_downgrade_that_does_not_undo(history: History, fault: str) -> None:
    """Each is one finding at its revision, and nothing is found elsewhere."""
    up, down, wanted = FAULTS[fault]
    found = history(SOUND, (up, down), ('op.execute("SELECT 1")', "pass"))
    told = history.told(found, "steps")
    assert list(told) == ["r2"]
    assert len(told["r2"]) == len(wanted)
    assert all(said.startswith(start) for said, start in zip(told["r2"], wanted, strict=True))
    assert not found.passed


def test_a_hint_tells_of_an_empty_downgrade(history: History) -> None:
    """Also one that has a docstring."""
    found = history(SOUND, (INDEX, '"""Nothing."""'))
    assert [each.hint for each in found.findings if each.check == "steps"] == [
        "its downgrade() is empty: undo there what upgrade() does"
    ]


def test_a_sound_history(history: History) -> None:
    """Every unit is counted, and nothing is skipped."""
    found = history(SOUND, (ADD, 'op.drop_column("poser_a", "note")'))
    assert not [each for each in found.findings if each.check != "check"]
    assert found.done["steps"] == 2
    assert "steps" not in {each.check for each in found.skipped}


def test_what_stands_on_a_failure_is_skipped(history: History) -> None:
    """A replay that fails says at which step; others are not said to have passed."""
    found = history(SOUND, ('op.drop_table("nosuch")', "pass"), (INDEX, "pass"), (ADD, "pass"))
    (message,) = history.told(found, "steps")["r2"]
    assert message.startswith("does not apply: poser r2 r2 of a test failed at ")
    assert message.endswith("no such table: nosuch")
    assert [(each.revision, each.reason) for each in found.skipped if each.check == "steps"] == [
        ("r3", "poser r2, which it stands on, cannot be applied"),
        ("r4", "poser r2, which it stands on, cannot be applied"),
    ]


def test_the_database_of_a_failure_is_kept(history: History) -> None:
    """It is as it was before the step, and the failure can be seen again."""
    manager = history.manager(SOUND, ('op.drop_table("nosuch")', "pass"))
    found = manager.verify(keep=True)
    (kept,) = {Path(each) for each in found.kept if "steps" in each}
    (message,) = history.told(found, "steps")["r2"]
    assert message.endswith(f"; kept in {kept}")
    assert Manager(db=kept, core="poser").current("poser")[0].revision.id == "r1"
    assert not manager.verify().kept


def test_units_run_alone_and_in_any_order(history: History) -> None:
    """Each has an id of its own, and finds the same as in a whole run."""
    manager = history.manager(SOUND, (INDEX, "pass"), (ADD, 'op.drop_column("poser_a", "note")'))
    with Bench(manager.scene, manager.settings, Options()) as bench:
        units = {unit.id: unit for unit in all_units(bench) if unit.check == "steps"}
        assert list(units) == ["poser::r1 steps", "poser::r2 steps", "poser::r3 steps"]
        alone = {id_: len(list(bench.run(units[id_]))) for id_ in reversed(units)}
    assert alone == {"poser::r3 steps": 0, "poser::r2 steps": 1, "poser::r1 steps": 0}


def test_a_check_that_fails_itself_is_no_pass(history: History) -> None:
    """It is told with what happened, whether dbman knows that or not."""

    def fail(error: Exception) -> Work:
        def work(bench: Bench, unit: Unit) -> Iterator[Outcome]:
            raise error
            yield

        return work

    manager = history.manager(SOUND)
    known = DatabaseError("the server is gone", "start it")
    with Bench(manager.scene, manager.settings) as bench:
        told = [
            list(bench.run(Unit("own", fail(error), "poser"))) for error in (KeyError("x"), known)
        ]
    assert told == [
        [Finding("own", "poser", None, "the check itself failed: KeyError: 'x'")],
        [Finding("own", "poser", None, "the check itself failed: the server is gone", "start it")],
    ]


def test_a_wrong_name(history: History) -> None:
    """The nearest is named."""
    manager = history.manager(SOUND)
    with pytest.raises(UsageError, match="no extension 'posr' is installed; did you mean 'poser'"):
        manager.verify("posr")


def test_an_extension_that_is_left_aside(history: History) -> None:
    """It is told, and none of its units runs."""
    history.manager(SOUND)
    found = Manager(core="poser", skip=["poser"]).verify()
    assert found.notes == ("poser was left aside: --skip",)
    assert not [each for each in found.skipped if not isinstance(each, Skipped)]
    assert "steps" not in found.done


def test_a_scratch_database_in_a_file(history: History) -> None:
    """It is put back and kept as one in memory is, and none is left; a name of any kind will do."""
    manager = history.manager(SOUND, (INDEX, "pass"))
    settings = manager.settings.at_scratch(f"sqlite:///{history.folder}/x.db")
    with Bench(manager.scene, settings, Options(keep=True, folder=history.folder)) as bench:
        for unit in all_units(bench):
            if unit.check == "steps":
                assert len(list(bench.run(unit))) == (unit.revision == "r2")
        said = bench.keep(bench.replay.ground, "networking-sfc r1")
    (kept,) = history.folder.glob("*.*")
    assert kept.name == "dbman_verify_networking_sfc_r1.sqlite"
    assert said == f"; kept in {kept}"
