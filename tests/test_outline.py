"""What a script shows without being parsed, and that edges come out the same for it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.histories import application
from bench.sites import script as bench_script
from dbman.bodies import read_body, read_outline
from dbman.bodies.outline import outline_of
from dbman.implied import bodies_of, find_implied, makers_in, reading, shared_bodies
from dbman.revisions import RevisionGraph
from graphs import make_graph
from outlines import IMPORTS, require_covered, upgrades
from scripts_text import makes, refers, script

pytestmark = pytest.mark.any_version

DEMO = Path(__file__).parent / "demo"


@pytest.mark.parametrize(
    ("statement", "words", "made"),
    [
        ("op.drop_table('user')", "user", ""),
        ("op.create_table('user', sa.Column('id'))", "user id", "user"),
        ("op.create_table(\n    u'user',\n    sa.Column('id'))", "user id", "user"),
        ("op.create_table('user', schema='s')", "user s", "user"),
        ("op.create_table_comment('user', 'x')", "user x", ""),
        ("op.execute('DELETE FROM s.user')  # \"9\"", "DELETE FROM s user", ""),
        ("op.execute('''\n  INSERT INTO \"user\"''')", "INSERT INTO user", ""),
        ("op.add_column('user', sa.Column('created'))", "user created", ""),
    ],
)
def test_shown(statement: str, words: str, made: str) -> None:
    """The words of all strings are shown, and the tables that `create_table` names."""
    outline = outline_of(f'"""create it"""\n{IMPORTS}def upgrade():\n    {statement}\n')
    assert outline is not None
    assert (outline.words, outline.makes) == (set(words.split()), set(made.split()))


@pytest.mark.parametrize(
    "statement",
    [
        "op.drop_table('us' 'er')",
        "op.drop_table('us'  # one\n    'er')",
        "op.drop_table('us' r'er')",
        "op.drop_table('us'U'er')",
        "op.drop_table('us' + er)",
        "op.drop_table('%s' % er)",
        "op.drop_table('{}'.format(er))",
        "op.drop_table(f'us{er}')",
        "op.drop_table(fR'us{er}')",
        "op.drop_table('us\\x65r')",
        "op.create_table(user)",
        "op.create_table(table_name='user')",
        "op.create_table('user' if x else 'role')",
        "op.rename_table('user', 'role')",
        "user.create(op.get_bind())",
        "op.execute('Create Table user (id INT)')",
        "op.execute('ALTER TABLE user RENAME TO role')",
        "op.ｃreate_table('user')",
    ],
)
def test_read_whole(statement: str) -> None:
    """Where strings are put together, or a table is made in another way, nothing is shown."""
    assert outline_of(f"{IMPORTS}def upgrade():\n    {statement}\n") is None


def test_unreadable(tmp_path: Path) -> None:
    """A script that is not there has no words, as it has no body."""
    outline = read_outline(tmp_path / "gone.py")
    assert outline is not None
    assert (outline.words, outline.makes) == (frozenset(), frozenset())


@settings(max_examples=800, deadline=None)
@given(upgrades())
def test_promise(text: str) -> None:
    """Whatever a script looks like, its outline shows all that its body tells."""
    ast.parse(text)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "script.py"
        path.write_text(text, encoding="utf-8")
        require_covered(read_body(path), read_outline(path))


def test_promise_on_the_demo() -> None:
    """The same holds of the scripts of the demo and of the ecosystems."""
    paths = [path for path in DEMO.rglob("*.py") if "def upgrade" in path.read_text("utf-8")]
    assert len(paths) > 30
    for path in paths:
        require_covered(read_body(path), read_outline(path))


EXTENSIONS = ["core", "poser", "gadget"]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(EXTENSIONS), upgrades()), min_size=1, max_size=6))
def test_same_edges(drawn: Sequence[tuple[str, str]]) -> None:
    """Histories drawn at random get the edges that reading every script whole gives them."""
    with TemporaryDirectory() as folder:
        last: dict[str, str] = {}
        edges = {}
        for number, (extension, text) in enumerate(drawn):
            edges[f"r{number}"] = (extension, last.get(extension, ""), "")
            last[extension] = f"r{number}"
            (Path(folder) / f"r{number}.py").write_text(text, encoding="utf-8")
        require_same(placed(make_graph(edges), Path(folder)))


def placed(graph: RevisionGraph, folder: Path) -> RevisionGraph:
    """Return a graph with its scripts in a folder."""
    revisions = {
        key: revision._replace(file=str(folder / revision.path))
        for key, revision in graph.revisions.items()
    }
    return replace(graph, revisions=revisions)


def require_same(graph: RevisionGraph) -> None:
    """Assert that the bodies that may be shared give what all bodies give."""
    whole, shared = bodies_of(graph), shared_bodies(graph)
    assert shared.items() <= whole.items()
    makers, others = makers_in(graph, whole), makers_in(graph, shared)
    assert find_implied(graph, makers.get, whole) == find_implied(graph, others.get, shared)
    assert find_implied(graph, bodies=whole) == find_implied(graph)


def test_same_edges_of_a_large_application(tmp_path: Path) -> None:
    """The application that is measured gets them, and few of its scripts are parsed."""
    edges = {}
    for history in application(4, 18):
        for step in history.steps:
            edges[step.id] = (history.name, step.down or "", step.depends_on or "")
            text = bench_script(history, step)
            (tmp_path / f"{step.id}.py").write_text(text, encoding="utf-8")
    graph = placed(make_graph(edges), tmp_path)
    require_same(graph)
    assert len(find_implied(graph).edges) == 9
    assert (len(shared_bodies(graph)), len(graph.revisions)) == (15, 72)


def test_few_are_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the scripts that name a table of another extension, or such a table, are parsed."""
    texts = {
        "a1": makes("item")[0],
        "a2": makes("user")[0],
        "a3": 'op.add_column("user", sa.Column("item", sa.Integer))',
        "a4": 'op.add_column("role", sa.Column("name", sa.Integer))',
        "b1": makes("poser_item")[0],
        "b2": makes("poser_part", refers("item_id", "item.id"))[0],
        "c1": makes("thing", 'sa.Column("user_id", sa.Integer)')[0],
    }
    edges = {}
    for id_, text in texts.items():
        extension = {"a": "core", "b": "poser", "c": "gadget"}[id_[0]]
        edges[id_] = (extension, "", "")
        (tmp_path / f"{id_}.py").write_text(script(id_, text), encoding="utf-8")
    read = []
    monkeypatch.setattr(
        reading, "read_body", lambda path: read.append(path.stem) or read_body(path)
    )
    shared_bodies(placed(make_graph(edges), tmp_path))
    assert sorted(read) == ["a1", "a3", "b2"]
