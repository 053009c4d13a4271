"""A squashed revision: where the ids that it replaces are named, and where databases stand."""

from __future__ import annotations

import pytest

from dbman.cli import main
from dbman.errors import DatabaseError, InvalidError, ScriptError, UsageError
from dbman.scripts import read_script
from scripts_text import makes, refers, script


def squashed(*ids: str, **options: object) -> str:
    """Return a script of revision c1 that replaces others: it makes item and price."""
    text = script(
        "c1",
        "\n".join(makes(table)[0] for table in ("item", "price")),
        "\n".join(makes(table)[1] for table in ("price", "item")),
        **{"label": "shop", **options},
    )
    return text.replace("\ndef upgrade", f"\nreplaces = {ids!r}\n\n\ndef upgrade", 1)


@pytest.fixture
def replaced(bench):
    """Return a bench with a core of one revision that replaced two, and an older extension."""
    bench.extension("shop", c1=squashed("a1", "b1"))
    bench.extension(
        "poser",
        p1=script("p1", *makes("poser_w", refers("item_id", "item.id")), depends="b1"),
    )
    return bench


def unsquash(bench) -> None:
    """Put the scripts back that were replaced."""
    bench.script("shop", "c1").write_text(script("c1", down="b1"))
    bench.script("shop", "a1").write_text(script("a1", *makes("item"), label="shop"))
    bench.script("shop", "b1").write_text(script("b1", *makes("price"), down="a1"))


def squash(bench) -> None:
    """Replace them again."""
    for old in ("a1", "b1"):
        bench.script("shop", old).unlink()
    bench.script("shop", "c1").write_text(squashed("a1", "b1"))


@pytest.mark.parametrize(
    ("line", "ids"),
    [
        ('replaces = ("a1", "b1")', ("a1", "b1")),
        ('replaces: list[str] = ["a1"]', ("a1",)),
        ('replaces = "a1"', ("a1",)),
        ("replaces = None", ()),
        ('replaces = {"old": "new"}', ()),  # another meaning, in somebody's script
        ('replaces = dict(old="new")', ()),
    ],
)
def test_reading_the_header(tmp_path, line, ids):
    """It is read without running anything, and it is no fault to mean something else by it."""
    path = tmp_path / "c1.py"
    text = f'revision = "c1"\ndown_revision = None\n{line}\n\n\ndef upgrade():\n    pass\n'
    path.write_text(text)
    found = read_script(path)
    assert (found.replaces, found.problem, found.computed) == (ids, None, False)


def test_what_depends_on_a_replaced_id_depends_on_the_whole(replaced):
    """In the graph, and in the plan of an empty database; the row of the whole is not hidden."""
    manager = replaced.manager()
    assert manager.graph.problems == ()
    assert [key.id for (each,) in [manager.show("c1")] for key in each.replaces] == ["a1", "b1"]
    assert [key.id for (each,) in [manager.show("p1")] for key in each.depends] == ["c1"]
    move = manager.initdb()
    assert [step.revision.id for step in move.plan.steps] == ["c1", "p1"]
    assert sorted(replaced.row()) == ["c1", "p1"]
    assert replaced.manager().checkdb().at_head
    move = replaced.manager().downgrade("shop@base")
    assert [step.revision.id for step in move.plan.steps] == ["p1", "c1"]


def test_a_database_at_the_head_needs_nothing(replaced):
    """It was built by the scripts that are gone."""
    unsquash(replaced)
    replaced.manager().initdb()
    assert sorted(replaced.row()) == ["c1", "p1"]
    squash(replaced)
    assert replaced.manager().checkdb().at_head
    assert replaced.manager().upgrade().plan.steps == ()


@pytest.mark.parametrize("target", ["shop@b1", "p1"])
def test_a_database_in_the_middle_is_told(replaced, target):
    """Whether its row was replaced, or is that of what stands on a replaced one."""
    unsquash(replaced)
    replaced.manager().initdb(target)
    squash(replaced)
    row = target.rpartition("@")[2]
    assert replaced.row() == [row]
    before = replaced.path.read_bytes()
    for call in ("upgrade shop", "upgrade", "downgrade shop@base", "initdb"):
        command, *targets = call.split()
        with pytest.raises(DatabaseError) as caught:
            getattr(replaced.manager(), command)(*targets)
        assert caught.value.message == (
            f"{replaced.path} stands at {row}, in the middle of c1 of shop, into which revisions"
            " were squashed"
        )
        assert caught.value.hint == (
            "upgrade it to c1 with the scripts that shop had before; or, where its tables are those"
            " of c1, `dbman stamp shop@c1`"
        )
    status = replaced.manager().status()
    assert status.extensions[0].state == "halfway"
    assert (status.orphans, status.at_head) == ((), False)
    assert replaced.path.read_bytes() == before


def test_the_ways_out_of_the_middle(replaced):
    """Stamping moves the row; leaving the extension aside lets others go on."""
    unsquash(replaced)
    replaced.manager().initdb("shop@b1")
    squash(replaced)
    replaced.extension("notes", n1=script("n1", *makes("notes_n")))
    skipping = replaced.manager(skip=("shop",)).upgrade()
    assert [step.revision.id for step in skipping.plan.steps] == ["n1"]
    assert sorted(replaced.row()) == ["b1", "n1"]
    replaced.manager().stamp("shop@c1")
    assert sorted(replaced.row()) == ["c1", "n1"]
    replaced.manager().upgrade()
    assert replaced.manager().checkdb().at_head


def test_dropdb_takes_what_the_middle_made(replaced):
    """The tables of an extension that is not at a whole revision are its own all the same."""
    unsquash(replaced)
    replaced.manager().initdb("shop@b1")
    squash(replaced)
    assert replaced.manager().dropdb(backup=False).tables == ("item", "price")
    assert not replaced.path.exists()


def test_targets(replaced):
    """A replaced id, or the beginning of one, is the whole; but there is no way back into it."""
    manager = replaced.manager()
    assert [each.id for each in manager.show("b1")] == ["c1"]
    assert [each.id for each in manager.show("shop@a")] == ["c1"]
    move = manager.initdb("b1")
    assert [step.revision.id for step in move.plan.steps] == ["c1"]
    with pytest.raises(UsageError) as caught:
        manager.downgrade("shop@b1")
    assert caught.value.message == (
        "'b1' is a part of c1 now: there is no way back to the middle of it"
    )
    assert caught.value.hint == "name c1, or a revision below it"
    with pytest.raises(UsageError, match="no revision 'zz'"):
        manager.show("zz")


def test_a_script_that_was_left_behind(replaced, capsys):
    """It is named, with the file to remove; reading commands go on."""
    old = replaced.script("shop", "b1")
    old.write_text(script("b1", *makes("price"), down="a1"))
    with pytest.raises(InvalidError, match="is replaced by") as caught:
        replaced.manager().initdb()
    assert caught.value.hint == "remove b1.py; or leave it aside with --skip shop"
    assert main(["heads"]) == 0


def test_two_that_replace_the_same(replaced):
    """The graph is ambiguous: nothing moves, and both are named."""
    text = squashed("a1", down="c1").replace("'c1'", "'d1'", 1).replace("'shop'", "'shop2'")
    replaced.script("shop", "d1").write_text(text)
    with pytest.raises(ScriptError, match=r"d1.py \(shop 1.0\) replaces 'a1', and so does .*c1.py"):
        replaced.manager().initdb()


def test_squashed_twice(bench):
    """What replaced others was itself replaced by one that does not list them."""
    text = squashed("c0").replace("'c1'", "'d1'", 1)
    bench.extension("shop", d1=text.replace("('c0',)", "('c1',)"))
    bench.extension("poser", p1=script("p1", depends="c1"))
    assert [each.id for each in bench.manager().show("c1")] == ["d1"]
    assert bench.manager().graph.problems == ()
