"""The graph of real scripts, and what is told about those that do not fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dbman.assembly import assemble
from dbman.errors import ScriptError
from dbman.extensions import InstalledExtension
from dbman.revisions import RevisionGraph
from scripts_text import script

pytestmark = pytest.mark.any_version


def install(tmp_path: Path, **scripts: dict[str, str]) -> RevisionGraph:
    """Return the graph of extensions whose scripts are given by file name."""
    extensions = []
    for name, files in scripts.items():
        folder = tmp_path / name
        folder.mkdir()
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        extensions.append(_extension(name, folder))
    return assemble(extensions)


def _extension(name: str, *locations: Path, tree: str = "alembic_version") -> InstalledExtension:
    return InstalledExtension(
        name=name,
        distribution=f"{name} 1.0",
        value=None,
        package=name,
        sources=(),
        locations=locations,
        prefix=f"{name}_",
        requires=(),
        tree=tree,
        enabled=True,
        is_core=name == "core",
        skipped=False,
        problems=(),
    )


def test_a_sound_graph(tmp_path: Path) -> None:
    """Down revisions, dependencies by id and by label, labels, dates and messages are there."""
    graph = install(
        tmp_path,
        core={"a.py": script("a1", label="core"), "b.py": script("a2", down="a1")},
        poser={"a.py": script("b1", depends="core", label="poser", created="2025-01-01")},
    )
    assert (graph.problems, graph.clashes) == ((), ())
    found = {one.id: one for one in graph.revisions.values()}
    assert [key.id for key in found["a2"].down] == ["a1"]
    assert [key.id for key in found["b1"].depends] == ["a1"]
    assert (found["b1"].labels, found["b1"].created) == (("poser",), "2025-01-01")
    assert (found["b1"].doc, found["b1"].extension) == ("b1 of a test", "poser")
    assert graph.extensions == ("core", "poser")


@pytest.mark.parametrize(
    ("texts", "message", "hint"),
    [
        (
            {"a.py": script("a1"), "b.py": script("a1")},
            "revision 'a1' is in {core}/a.py (core 1.0) and in {core}/b.py (core 1.0)",
            "give one of them another revision id",
        ),
        (
            {"a.py": script("a1", label="x"), "b.py": script("a2", label="x")},
            "label 'x' of {core}/b.py (core 1.0) is taken by {core}/a.py (core 1.0)",
            "give one of them another branch label",
        ),
        (
            {"a.py": script("a1"), "b.py": script("a2", label="a1")},
            "label 'a1' of {core}/b.py (core 1.0) is taken by {core}/a.py (core 1.0)",
            "give one of them another branch label",
        ),
        (
            {"a.py": script("a1", down="a2"), "b.py": script("a2", depends="a1")},
            "the revisions a1 -> a2 -> a1 form a cycle ({core}/a.py, {core}/b.py)",
            "correct down_revision or depends_on in one of these scripts",
        ),
    ],
)
def test_clashes(tmp_path: Path, texts: dict[str, str], message: str, hint: str) -> None:
    """What makes the graph ambiguous names both files."""
    graph = install(tmp_path, core=texts)
    (clash,) = graph.clashes
    assert (clash.message, clash.hint) == (message.format(core=tmp_path / "core"), hint)


def test_clashes_of_two_extensions(tmp_path: Path) -> None:
    """The first is told with the number of the others, and with both ways out."""
    texts = {"a.py": script("a1", label="x"), "b.py": script("a2", down="a1")}
    graph = install(tmp_path, core=texts, poser={**texts, "b.py": script("b2", label="x")})
    with pytest.raises(ScriptError) as caught:
        graph.require_unambiguous()
    assert caught.value.message == (
        f"revision 'a1' is in {tmp_path}/core/a.py (core 1.0) and in {tmp_path}/poser/a.py"
        " (poser 1.0) (and 1 more: `dbman extensions` names them)"
    )
    assert caught.value.hint == (
        "give one of them another revision id, or each a version table: version_table"
    )


def test_what_leads_nowhere_belongs_to_its_extension(tmp_path: Path) -> None:
    """A down revision or dependency that nobody has is told, and the rest of the graph stands."""
    graph = install(
        tmp_path,
        core={"a.py": script("a1")},
        poser={"a.py": script("b1", depends="zz"), "b.py": script("b2", down="yy")},
    )
    assert [(one.message, one.extension) for one in graph.problems] == [
        (
            f"{tmp_path}/poser/a.py (poser 1.0) depends on 'zz', which no installed extension has",
            "poser",
        ),
        (
            f"{tmp_path}/poser/b.py (poser 1.0) revises 'yy', which no installed extension has",
            "poser",
        ),
    ]
    assert len(graph.revisions) == 3


def test_what_another_tree_has_is_told_as_that(tmp_path: Path) -> None:
    """A dependency leads to no other version table, and nobody has to look for the extension."""
    install(tmp_path, x={"a.py": script("x1")}, y={"a.py": script("y1", depends="x1")})
    graph = assemble([_extension(name, tmp_path / name, tree=f"{name}_v") for name in ("x", "y")])
    assert [(one.message, one.hint, one.extension) for one in graph.problems] == [
        (
            f"{tmp_path}/y/a.py (y 1.0) depends on 'x1', which x has in another version table, x_v",
            "name one version_table for both, or write requires = ['x']",
            "y",
        )
    ]


def test_what_stands_on_a_cycle_is_left_out_with_it(tmp_path: Path) -> None:
    """Revisions above a cycle cannot be placed; those beside it can."""
    graph = install(
        tmp_path,
        core={
            "a.py": script("a1", down="a2"),
            "b.py": script("a2", down="a1"),
            "c.py": script("a3", down="a2"),
            "d.py": script("a0"),
        },
    )
    assert [one.id for one in graph.revisions.values()] == ["a0"]
    assert len(graph.clashes) == 1


def test_a_script_belongs_to_the_deepest_location(tmp_path: Path) -> None:
    """Where one extension's folder lies in another's, its scripts are its own."""
    inner = tmp_path / "core" / "poser"
    inner.mkdir(parents=True)
    (tmp_path / "core" / "a.py").write_text(script("a1"), encoding="utf-8")
    (inner / "b.py").write_text(script("b1"), encoding="utf-8")
    graph = assemble([_extension("core", tmp_path / "core"), _extension("poser", inner)])
    assert {one.id: one.extension for one in graph.revisions.values()} == {
        "a1": "core",
        "b1": "poser",
    }


def test_trees_of_their_own_may_share_ids_and_labels(tmp_path: Path) -> None:
    """With a version table each, the same id and label is no clash; edges stay in the tree."""
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text(script("a1", label="main"), encoding="utf-8")
        (tmp_path / name / "b.py").write_text(script("a2", down="a1"), encoding="utf-8")
    graph = assemble(
        [_extension(name, tmp_path / name, tree=f"{name}_alembic_version") for name in ("x", "y")]
    )
    assert (graph.clashes, graph.problems) == ((), ())
    assert {one.key.tree for one in graph.heads("y")} == {"y_alembic_version"}
    assert all(one.down[0].tree == one.key.tree for one in graph.revisions.values() if one.down)


def test_a_broken_script_is_told_with_its_extension(
    make_extension: Callable[..., Path], tmp_path: Path
) -> None:
    """The reader's problem gets the extension's name, and the others are read."""
    graph = install(tmp_path, core={"a.py": script("a1"), "b.py": "revision = (\n"})
    (problem,) = graph.problems
    assert problem.extension == "core"
    assert problem.message.startswith(f"{tmp_path}/core/b.py:1: ")
    assert [one.id for one in graph.revisions.values()] == ["a1"]
