"""Merging the heads of one extension."""

from __future__ import annotations

import re

import pytest

from dbman.cli import main
from dbman.errors import UsageError
from scripts_text import makes, script

MERGED = '''"""merge b1 and c2

Branch: shop
Revision ID: m1
Revises: b1, c2
Create Date: DATE

"""
from typing import Sequence, Union

# revision identifiers, used by Alembic.
revision: str = 'm1'
down_revision: Union[str, Sequence[str], None] = ('b1', 'c2')
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    pass


def downgrade() -> None:
    """Downgrade schema."""
    pass
'''


def test_the_heads_become_one(forked):
    """The new revision revises both, does nothing, and a database goes on to it."""
    forked.manager().initdb()
    assert forked.row() == ["b1", "c2"]
    manager = forked.manager()
    merged = manager.merge("shop", rev_id="m1")
    assert (merged.heads, merged.revision, merged.notes) == (("b1", "c2"), "m1", ())
    assert merged.path == forked.site / "shop" / "migrations" / "m1_merge_b1_and_c2.py"
    assert re.sub("Create Date: .*", "Create Date: DATE", merged.path.read_text()) == MERGED
    assert [head.id for head in manager.heads("shop")] == ["m1"]
    manager.upgrade()
    assert forked.row() == ["m1"]


def test_a_dry_run_writes_nothing(forked):
    """The text is shown, no file is made."""
    before = forked.files("shop")
    merged = forked.manager().merge("shop", "together", dry_run=True)
    assert merged.path is None
    assert merged.text.startswith('"""together\n')
    assert forked.files("shop") == before


def test_no_other_extension_is_joined(forked):
    """The head of another extension stays one, also where it stands on the core."""
    forked.extension("poser", p1=script("p1", *makes("poser_w"), label="poser", depends="a1"))
    manager = forked.manager()
    manager.merge("shop", rev_id="m1")
    assert [(head.extension, head.id) for head in manager.heads()] == [
        ("shop", "m1"),
        ("poser", "p1"),
    ]


def test_branches_on_purpose_are_named(bench):
    """Two labelled branches are joined, and it is said that both end."""
    bench.extension(
        "shop",
        e1=script("e1", label="expand"),
        c1=script("c1", label="contract"),
    )
    merged = bench.manager().merge("shop")
    assert merged.notes == ("the branches contract, expand end in one head now",)


def test_one_head_is_nothing_to_merge(bench, capsys, monkeypatch):
    """Exit 0 and a line; without revisions as well."""
    bench.extension("shop", a1=script("a1", *makes("item")))
    bench.extension("empty")
    before = bench.files("shop")
    for name, what in (("shop", "one head"), ("empty", "no revisions")):
        assert main(["--db", str(bench.path), "merge", name]) == 2  # it reads no database
        capsys.readouterr()
        assert main(["merge", name]) == 0
        said = capsys.readouterr()
        assert (said.out, said.err) == ("", f"nothing to merge: {name} has {what}\n")
    assert bench.files("shop") == before


def test_a_taken_id_is_refused(forked):
    """Nothing is written under an id that another revision has."""
    before = forked.files("shop")
    with pytest.raises(UsageError, match="the revision id 'c1' is taken by"):
        forked.manager().merge("shop", rev_id="c1")
    with pytest.raises(UsageError, match="no extension 'sho' is installed; did you mean 'shop'"):
        forked.manager().merge("sho")
    assert forked.files("shop") == before


def test_the_path_alone_is_on_stdout(forked, capsys):
    """As with generate, so that an editor can be called on it."""
    assert main(["merge", "shop", "--rev-id", "m1", "-m", "both"]) == 0
    said = capsys.readouterr()
    assert said.out == f"{forked.site / 'shop' / 'migrations' / 'm1_both.py'}\n"
    assert said.err == "shop m1 joins b1, c2\n`dbman upgrade shop` applies it\n"
