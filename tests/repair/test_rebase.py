"""Rebasing the local revisions of an extension."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from dbman.cli import main
from dbman.errors import DatabaseError, ScriptError, UsageError
from scripts_text import makes, script

BODY = "def upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n"


def test_the_newer_branch_follows_the_other(forked):
    """Its first script alone changes, in two lines; the databases go on in one line."""
    before = forked.files("shop")
    manager = forked.manager()
    rebased = manager.rebase("shop")
    assert (rebased.revision, rebased.before, rebased.after) == ("c1", ("a1",), ("b1",))
    assert (rebased.moved, rebased.why) == (("c1", "c2"), "its Create Date is the newest")
    after = forked.files("shop")
    expected = before["c1.py"].replace(b"Revises: a1", b"Revises: b1")
    assert after == before | {
        "c1.py": expected.replace(b"down_revision = 'a1'", b"down_revision = 'b1'")
    }
    assert [head.id for head in manager.heads("shop")] == ["c2"]
    manager.initdb()
    assert forked.row() == ["c2"]


@pytest.mark.parametrize("named", ["b1", "shop@b1"])
def test_a_revision_names_the_branch(forked, named):
    """Any revision of a branch names it, and it follows the other head."""
    rebased = forked.manager().rebase("shop", named)
    assert (rebased.revision, rebased.after, rebased.why) == ("b1", ("c2",), "you named it")
    assert forked.manager().rebase("shop").revision is None


def test_a_later_revision_names_its_whole_branch(forked):
    """Half a branch would leave two heads."""
    assert forked.manager().rebase("shop", "c2").revision == "c1"


def test_what_git_does_not_track_is_local(forked):
    """It comes before the Create Date: an older script that was never committed is one's own."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = forked.site / "shop"
    subprocess.run(["git", "init", "-q", folder], check=True)
    tracked = [folder / "migrations" / name for name in ("a1.py", "c1.py", "c2.py")]
    subprocess.run(["git", "-C", folder, "add", *tracked], check=True)
    rebased = forked.manager().rebase("shop")
    assert (rebased.revision, rebased.why) == ("b1", "git does not track it")


HEADERS = {
    "annotated and crlf": (
        b'"""x\r\n\r\nRevision ID: l1\r\nRevises: a1\r\n"""\r\n'
        b'revision: str = "l1"\r\ndown_revision: str | None = "a1"  # before\r\n',
        [(b"Revises: a1", b"Revises: b1"), (b'= "a1"', b'= "b1"')],
    ),
    "byte order mark": (
        b'\xef\xbb\xbf"""x"""\nrevision = \'l1\'\ndown_revision = \'a1\'\n',
        [(b"= 'a1'", b"= 'b1'")],
    ),
    "latin-1": (
        b'# coding: latin-1\n"""caf\xe9\n\nRevises: a1\n"""\nd = "\xe9"; revision = "l1"\n'
        b'x = "\xe9"; down_revision = "a1"; y = "\xe9"\n',
        [(b"Revises: a1", b"Revises: b1"), (b'on = "a1"', b'on = "b1"')],
    ),
    "tuple": (
        b'revision = "l1"\ndown_revision = ("a1",)\n',
        [(b'("a1",)', b'"b1"')],
    ),
    "docstring that is out of step": (
        b'"""x\n\nRevises: zz\nCreate Date: 2024\n"""\nrevision = "l1"\ndown_revision = "a1"\n',
        [(b"Revises: zz", b"Revises: b1"), (b'= "a1"', b'= "b1"')],
    ),
    "no header but in a block": (
        b'if True:\n    pass\nrevision = (\n    "l1"\n)\ndown_revision = (\n    "a1"  # x\n)\n',
        [(b'"a1"  #', b'"b1"  #')],
    ),
}


@pytest.mark.parametrize("name", HEADERS)
def test_everything_else_stays_byte_for_byte(forked, name):
    """Line ends, encodings, annotations and comments are as they were."""
    text, changes = HEADERS[name]
    data = text + b"\n" + BODY.replace("\n", "\r\n" if b"\r\n" in text else "\n").encode()
    for old in ("c1", "c2"):
        forked.script("shop", old).unlink()
    path = forked.script("shop", "l1")
    path.write_bytes(data)
    forked.manager().rebase("shop", "l1")
    for old, new in changes:
        assert data.count(old) == 1
        data = data.replace(old, new)
    assert path.read_bytes() == data


def test_a_second_base_gets_a_revision_before_it(forked):
    """`None` becomes an id, and "Revises:" tells it."""
    for old in ("c1", "c2"):
        forked.script("shop", old).unlink()
    path = forked.script("shop", "l1")
    text = '"""x\n\nRevises: <base>\n"""\nrevision = "l1"\ndown_revision = None\n' + BODY
    path.write_text(text)
    forked.manager().rebase("shop", "l1")
    expected = text.replace("<base>", "b1").replace("None", '"b1"')
    assert path.read_text() == expected


@pytest.mark.parametrize(
    "computed",
    [
        'before = "a1"\ndown_revision = before',
        'down_revision = "a" + "1"',
        'down_revision = "zz"\ndown_revision = "a1"',
        'if True:\n    down_revision = "a1"',
        'revision, down_revision = "l1", "a1"',
    ],
)
def test_a_computed_header_is_refused(forked, computed):
    """It names script and line, and nothing is written."""
    for old in ("c1", "c2"):
        forked.script("shop", old).unlink()
    path = forked.script("shop", "l1")
    path.write_text(f'revision = "l1"\n{computed}\n{BODY}')
    before = forked.files("shop")
    with pytest.raises(ScriptError, match=r"l1.py:\d: down_revision is computed") as caught:
        forked.manager().rebase("shop", "l1")
    assert caught.value.hint == "edit this script by hand"
    assert forked.files("shop") == before


def test_a_database_that_has_applied_it_refuses(forked):
    """The message says how to go on; the other branch may move instead."""
    forked.manager().initdb()
    before = forked.files("shop")
    with pytest.raises(DatabaseError) as caught:
        forked.manager().rebase("shop")
    assert caught.value.message == (
        f"{forked.path} has applied c1: it would miss what c1 is to follow"
    )
    assert caught.value.hint == "`dbman downgrade shop@a1` first, and upgrade after"
    assert forked.files("shop") == before


def test_the_other_branch_is_offered(forked):
    """A database at the local head alone lets the other branch follow."""
    forked.manager().initdb("shop@c2")
    with pytest.raises(DatabaseError) as caught:
        forked.manager().rebase("shop")
    assert caught.value.hint == (
        "`dbman downgrade shop@a1` first, and upgrade after;"
        " or `dbman rebase shop b1` lets the other branch follow this one"
    )
    assert forked.manager().rebase("shop", "b1").done
    forked.manager().upgrade()
    assert forked.row() == ["b1"]


def test_the_check_can_be_left_away(forked, tmp_path):
    """A database that cannot be asked is an error that names --no-check."""
    broken = tmp_path / "no.sqlite"
    broken.write_text("this is no database, but a text that is long enough to be read as one" * 40)
    with pytest.raises(DatabaseError) as caught:
        forked.manager(db=broken).rebase("shop")
    assert caught.value.hint.endswith("; --no-check rebases without asking it")
    assert forked.manager(db=broken).rebase("shop", check=False).done


def test_a_circle_is_refused(forked):
    """The other head stands on what is to follow it, by way of another extension."""
    forked.extension("poser", p1=script("p1", *makes("poser_w"), depends="c1"))
    forked.script("shop", "b1").write_text(script("b1", down="a1", depends="p1"))
    with pytest.raises(ScriptError, match="b1 needs c1 by depends_on"):
        forked.manager().rebase("shop", "c1")


def test_several_heads_need_a_word(forked):
    """With three heads --onto says which one to follow."""
    forked.script("shop", "d1").write_text(script("d1", down="b1", created="2024-05-01"))
    forked.script("shop", "e1").write_text(script("e1", down="b1", created="2024-04-01"))
    with pytest.raises(UsageError) as caught:
        forked.manager().rebase("shop")
    assert caught.value.message == "shop has 2 heads beside d1: c2, e1"
    with pytest.raises(UsageError, match="b1 leads to several heads"):
        forked.manager().rebase("shop", "b1")
    with pytest.raises(UsageError, match="b1 is no head of shop"):
        forked.manager().rebase("shop", onto="b1")
    rebased = forked.manager().rebase("shop", onto="c2")
    assert (rebased.revision, rebased.moved) == ("b1", ("b1", "d1", "e1"))


def test_dates_that_tell_nothing(bench):
    """Without a newest one the branch has to be named."""
    bench.extension(
        "shop",
        **{each: script(each, created="some day", down=None) for each in ("a1", "b1")},
    )
    with pytest.raises(UsageError, match=r"which head of shop is the local one\? \(a1, b1\)"):
        bench.manager().rebase("shop")


def test_a_dry_run_shows_the_lines(forked, capsys):
    """What would change is on stdout, why on stderr."""
    before = forked.files("shop")
    assert main(["rebase", "shop", "--dry-run", "--db", str(forked.path)]) == 0
    path = forked.script("shop", "c1")
    said = capsys.readouterr()
    assert said.out == (
        f"--- {path}\n+++ {path}\n@@ -4 +4 @@\n-Revises: a1\n+Revises: b1\n"
        "@@ -12 +12 @@\n-down_revision = 'a1'\n+down_revision = 'b1'\n"
    )
    assert said.err == (
        "shop c1 follows b1, not a1 (its Create Date is the newest)\n"
        "  with it 1 revision that stand on it\n"
    )
    assert forked.files("shop") == before


def test_what_pip_installed_is_not_edited(make_extension, tmp_path, monkeypatch):
    """The next `pip install` would undo it."""
    from dbman import Manager

    site = make_extension(
        "shop",
        {"a1.py": script("a1"), "b1.py": script("b1", created="2025-01-01")},
        site=tmp_path / "site-packages",
    )
    monkeypatch.syspath_prepend(site)
    with pytest.raises(UsageError, match=r"shop .* is not installed editable"):
        Manager(db=tmp_path / "x.db").rebase("shop")
