"""Pictures as files: what is written, over what, and what labels may hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dbman.errors import UsageError
from dbman.implied import ImpliedEdge
from dbman.pictures.graph import Picture, draw, picture_data
from dbman.pictures.graph.drawn import FORMS
from dbman.pictures.labels import columns, cut, plain, wrapped
from dbman.revisions import RevisionGraph
from graphs import CORE_AND_TWO, key, keys, make_graph
from pictures.conftest import chain, picture_of

pytestmark = pytest.mark.any_version
NASTY = {
    "html": "<script>alert('x')</script> & <b>bold</b>",
    "quotes": 'say "it\'s" `now` \\ #35; %%',
    "end": "]]> --> </svg> */ {{ }}",
    "rtl": "\u202eשלום עולם\u202c \u05d0",
    "emoji": "👩‍👩‍👧 family 🎉",
    "long": "word " * 60,
    "unbroken": "x" * 300,
    "controls": "one\x00two\x1b[31m\nthree\ufffe\ud800",
}


def small() -> Picture:
    """Return the picture of a core and two extensions, with an implied edge and an orphan."""
    return picture_of(
        make_graph(CORE_AND_TWO),
        applied=keys("a1 a2 b1"),
        implied=[ImpliedEdge(key("a1"), key("c1"), "product")],
        orphans=["zz"],
    )


def nasty() -> Picture:
    """Return a picture whose messages, labels and names hold all that needs care."""
    made = make_graph({name: (f"e<{name}>\"'", "", "") for name in NASTY})
    revisions = {
        each.key: each._replace(doc=NASTY[each.id], labels=(NASTY[each.id],))
        for each in made.revisions.values()
    }
    return picture_of(RevisionGraph(revisions, made.extensions))


def test_mermaid(tmp_path: Path) -> None:
    """The whole of a small one."""
    draw(small(), tmp_path / "x.mmd")
    assert (tmp_path / "x.mmd").read_text(encoding="utf-8") == (
        "%% made by dbman graph\n"
        "flowchart LR\n"
        '  subgraph l0["core"]\n'
        '    n0["a1"]:::applied\n'
        '    n1["a2"]:::applied\n'
        '    n2(["a3"]):::pending\n'
        "  end\n"
        '  subgraph l1["ext"]\n'
        '    n3["b1"]:::applied\n'
        '    n4(["b2"]):::pending\n'
        "  end\n"
        '  subgraph l2["other"]\n'
        '    n5(["c1"]):::pending\n'
        "  end\n"
        '  subgraph l3["orphans"]\n'
        '    n6{{"zz<br/>orphan"}}:::applied\n'
        "  end\n"
        "  n0 --> n1\n"
        "  n1 --> n2\n"
        "  n1 -.-> n3\n"
        "  n3 --> n4\n"
        "  n2 -.-> n4\n"
        "  n0 -.-> n5\n"
        "  linkStyle 5 stroke-dasharray:1 4\n"
        "  classDef applied fill:#4c78a8,stroke:#2f5680,color:#ffffff\n"
        "  classDef pending fill:#ffffff,stroke:#4c78a8,color:#1b1f24\n"
    )


def test_dot(tmp_path: Path) -> None:
    """Lanes are clusters; heads have a double border."""
    draw(small(), tmp_path / "x.DOT")
    text = (tmp_path / "x.DOT").read_text(encoding="utf-8")
    assert text.startswith("// made by dbman graph\ndigraph revisions {\n")
    assert text.count("subgraph cluster_") == 4
    assert text.count("peripheries=2") == 3
    assert "  n1 -> n3 [style=dashed];\n" in text
    assert "  n0 -> n5 [style=dotted];\n" in text


def test_json(tmp_path: Path) -> None:
    """What --json prints, and who made it."""
    drawn = draw(small(), tmp_path / "x.json")
    told = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    assert told.pop("generator") == "made by dbman"
    assert told == {"schema": 1, "command": "graph", **picture_data(small())}
    assert drawn.size == (tmp_path / "x.json").stat().st_size


def test_labels_of_mermaid_and_dot_end_nothing() -> None:
    """No quote, bracket or tag of a message stands there as itself."""
    for line in FORMS["mmd"](nasty()).splitlines():
        if line.strip().startswith(("n", "subgraph")) and '"' in line:
            label = line.split('"', 1)[1].rsplit('"', 1)[0].replace("<br/>", "")
            assert not set(label) & set("\"<>'`[]{}&\\"), line
    for line in FORMS["dot"](nasty()).splitlines():
        assert line.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 0, line


@pytest.mark.parametrize("suffix", FORMS)
def test_every_form_takes_every_label(tmp_path: Path, suffix: str) -> None:
    """And an empty graph; twice the same."""
    file = tmp_path / f"x.{suffix}"
    for picture in (nasty(), picture_of(RevisionGraph({})), nasty()):
        draw(picture, file)
        text = file.read_text(encoding="utf-8")
        assert (
            "\u202e" not in json.loads(text)["nodes"] if suffix == "json" else "\u202e" not in text
        )
        assert "\x1b" not in text
    assert text == FORMS[suffix](nasty()).encode("utf-8", "replace").decode()


def test_a_foreign_file_is_replaced_only_by_force(tmp_path: Path) -> None:
    """One that dbman wrote is replaced unasked, whatever is in it now."""
    file = tmp_path / "x.dot"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        draw(small(), file)
    assert caught.value.message == f"{file} is there already, and dbman did not write it"
    assert caught.value.hint == "name another file, or say --force"
    assert file.read_text(encoding="utf-8") == "mine"
    draw(small(), file, force=True)
    draw(picture_of(make_graph(chain("core", "a", 2))), file)
    assert "n1" in file.read_text(encoding="utf-8")
    assert [each.name for each in tmp_path.iterdir()] == ["x.dot"]


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("x.svgg", "{} ends in '.svgg', which names no form of a picture", "known: "),
        ("x", "{} has no suffix, which names no form of a picture", "known: "),
        ("no/x.dot", "cannot write {}: No such file or directory", "name a place"),
        ("folder.dot", "cannot write {}: it is a folder", "name a file"),
    ],
)
def test_where_nothing_can_be_written(tmp_path: Path, name: str, message: str, hint: str) -> None:
    """One clear error, and nothing half-written."""
    (tmp_path / "folder.dot").mkdir()
    file = tmp_path / name
    with pytest.raises(UsageError) as caught:
        draw(small(), file)
    assert caught.value.message.startswith(message.format(file))
    assert (caught.value.hint or "").startswith(hint)
    assert [each.name for each in tmp_path.iterdir()] == ["folder.dot"]


def test_texts_are_cut_and_wrapped_by_columns() -> None:
    """Wide characters count twice; nothing that turns the direction is left."""
    assert cut("abcdef", 4) == "abc…"
    assert columns(cut("日本語テキスト", 6)) <= 6
    assert wrapped("rename title of product to name", 14, 2) == ["rename title", "of product to…"]
    assert wrapped("x" * 300, 10, 2) == ["x" * 10, "x" * 9 + "…"]
    assert plain(NASTY["rtl"]) == "שלום עולם \u05d0"
    assert plain(NASTY["controls"]) == "one two [31m three"
    assert wrapped("", 10, 2) == []
