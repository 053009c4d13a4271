"""Tables in every form: what is told, and what names may hold."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dbman.pictures.forms import draw_to
from dbman.pictures.schema import FORMS, Diagram, diagram_data, make_diagram
from dbman.schemas import Comparison, Schema
from pictures.browser import browsed
from pictures.tables import SHOP, compared, diagram_of, generated, schema_of, table
from pictures.test_files import NASTY
from pictures.test_pages import SVG, shapes

pytestmark = pytest.mark.any_version
NEWER = {
    "core": {"user": "id name:text mail", "item": "id owner_id>user parent_id>item"},
    "more": {"more_new": "id item_id>item"},
    "": {"theirs": "id"},
}


def nasty() -> Diagram:
    """Return tables whose names, columns, types, owners and texts hold all that needs care."""
    tables = [table(name, name, ["id", f"{name}>{name}"]) for name in NASTY]
    renamed = {
        name: table(text, f"e{text}", ["id"]).__class__(
            text,
            f"e{text}",
            "table",
            tuple(
                type(column)(text if column.name == name else "id", text, False, text, text)
                for column in made.columns
            ),
            ("id",),
            tuple(type(key)(text, (text,), text, ("id",), text) for key in made.foreign_keys),
            f"CREATE TABLE {text}",
        )
        for (name, text), made in zip(NASTY.items(), tables, strict=True)
    }
    return make_diagram(Schema("told " + NASTY["html"], "sqlite", tuple(renamed.values())))


def test_mermaid() -> None:
    """The whole of a small one."""
    assert FORMS["mmd"](diagram_of({"core": SHOP["core"]})) == (
        "%% made by dbman schema\n"
        "erDiagram\n"
        '  t0["user"] {\n'
        "    integer id PK\n"
        "    integer name\n"
        "  }\n"
        '  t1["item"] {\n'
        "    integer id PK\n"
        "    integer owner_id FK\n"
        "    integer name\n"
        "    integer parent_id FK\n"
        "  }\n"
        '  t0 |o--o{ t1 : "owner_id"\n'
        '  t1 |o--o{ t1 : "parent_id"\n'
        "  classDef c0 stroke:#4c78a8,stroke-width:2px\n"
        "  class t0,t1 c0\n"
    )


def test_dot() -> None:
    """A cluster for each extension, a port for each column."""
    text = FORMS["dot"](diagram_of(SHOP))
    assert text.startswith("// made by dbman schema\ndigraph schema {\n")
    assert text.count("subgraph cluster_") == 3
    assert '  t1:e0:e -> t2:r1:w [color="#666666"];\n' in text
    for label in re.findall(r"label=<(<table.*)>\];", text):
        ElementTree.fromstring(label)


def test_json() -> None:
    """What --json prints, and who made it."""
    told = json.loads(FORMS["json"](diagram_of(SHOP)))
    assert told.pop("generator") == "made by dbman"
    assert told == {"schema": 1, "command": "schema", **diagram_data(diagram_of(SHOP))}
    assert [each["name"] for each in told["tables"]] == ["user", "item", "ext_note", "theirs"]


def test_svg() -> None:
    """Groups by extension, bold keys, a question mark for what may be NULL, a line for each key."""
    root = ElementTree.fromstring(FORMS["svg"](diagram_of(SHOP)))
    groups = [each.find(f"{SVG}text") for each in shapes(root, "group")]
    assert [each.text for each in groups if each is not None] == ["core", "ext", "no extension"]
    assert [each.get("class") for each in shapes(root, "group")] == [
        "group c0", "group c1", "group nobody",
    ]  # fmt: skip
    item = next(each for each in shapes(root, "n") if each.get("data-n") == "1")
    assert [each.text for each in item.findall(f"{SVG}text")] == [
        "item", "id", "integer", "owner_id ↗", "integer?", "name", "integer?", "parent_id ↗",
        "integer?",
    ]  # fmt: skip
    assert [each.text for each in shapes(item, "key")] == ["id"]
    ends = [(each.get("data-f"), each.get("data-t")) for each in shapes(root, "e")]
    assert ends == [("1", "0"), ("1", "1"), ("2", "1")]


def test_what_differs_is_marked() -> None:
    """Added, removed and changed tables, columns and keys; what is the same is not shown."""
    diagram = compared(SHOP, NEWER)
    assert [(box.table.name, box.mark) for box in diagram.boxes] == [
        ("item", "changed"), ("user", "changed"), ("more_new", "added"), ("ext_note", "removed"),
    ]  # fmt: skip
    user = diagram.boxes[1]
    assert [(row.name, row.mark) for row in user.rows] == [
        ("id", None), ("name", "changed"), ("mail", "added"),
    ]  # fmt: skip
    assert [(row.name, row.mark) for row in diagram.boxes[0].rows][2] == ("name", "removed")
    assert [line.mark for line in diagram.lines] == [None, None, "added", "removed"]
    root = ElementTree.fromstring(FORMS["svg"](diagram))
    rows = [each.get("class", "").split()[1] for each in shapes(root, "row")]
    assert rows == [
        "removed",
        "changed",
        "added",
        "added",
        "added",
        "removed",
        "removed",
        "removed",
    ]
    assert {each.text for each in shapes(root, "gone")} == {
        "− name", "− id", "− item_id ↗", "− text",
    }  # fmt: skip
    assert "  class t2 added\n" in FORMS["mmd"](diagram)
    assert '    integer mail "added"\n' in FORMS["mmd"](diagram)
    assert 'bgcolor="#23843a"' in FORMS["dot"](diagram)
    told = json.loads(FORMS["json"](diagram))
    assert (told["before"], told["source"]) == ("old", "new")
    assert {"table": "more_new", "extension": "more", "kind": "table", "name": "", "before": None,
            "after": ""} in told["differences"]  # fmt: skip


def test_a_table_that_is_near_has_no_mark() -> None:
    """`distance` brings those beside what differs."""
    diagram = compared(SHOP, {**SHOP, "ext": {"ext_note": "id item_id>item text more"}}, distance=1)
    assert [(box.table.name, box.mark) for box in diagram.boxes] == [
        ("item", None), ("ext_note", "changed"),
    ]  # fmt: skip


@pytest.mark.parametrize("suffix", FORMS)
def test_every_form_takes_every_name(tmp_path: Path, suffix: str) -> None:
    """And no tables, and no differences; one written over the other."""
    file = tmp_path / f"x.{suffix}"
    empty = Schema("nothing", "sqlite")
    pictures = (nasty(), make_diagram(empty), make_diagram(Comparison("old", empty, ())), nasty())
    for picture in pictures:
        draw_to(file, picture, FORMS)
    text = file.read_text(encoding="utf-8")
    if suffix != "json":
        assert "\u202e" not in text
        assert "\x1b" not in text
    assert text == FORMS[suffix](nasty()).encode("utf-8", "replace").decode()


@pytest.mark.parametrize("suffix", ["svg", "html"])
def test_names_are_escaped_and_cut(suffix: str) -> None:
    """Nothing of a name is markup, and none is longer than its place."""
    text = FORMS[suffix](nasty())
    assert "<script>alert" not in text
    svg = text[text.index("<svg") : text.index("</svg>") + 6]
    root = ElementTree.fromstring(svg)
    shown = [each.text or "" for box in shapes(root, "n") for each in box.findall(f"{SVG}text")]
    assert max(map(len, shown)) <= 50
    assert any("family" in each for each in shown)
    assert any("שלום" in each for each in shown)


def test_names_of_mermaid_and_dot_end_nothing() -> None:
    """No quote, bracket or tag of a name stands there as itself."""
    for line in FORMS["mmd"](nasty()).splitlines():
        if '"' in line:
            label = line.split('"', 1)[1].rsplit('"', 1)[0]
            assert not set(label) & set("\"<>'`[]{}&\\#;"), line
        elif line.startswith("    "):
            assert re.fullmatch(r"    [a-z][\w()\[\]-]* [\w()\[\]-]+(?: (?:PK|FK|PK,FK))?", line), (
                line
            )
    for label in re.findall(r"label=<(<table.*)>\];", FORMS["dot"](nasty())):
        ElementTree.fromstring(label)


def test_a_page_needs_nothing_else() -> None:
    """No address but that of SVG's names; its policy lets it load nothing."""
    page = FORMS["html"](diagram_of(SHOP))
    assert set(re.findall(r"(?:https?:)?//[\w./]+", page)) <= {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in page
    assert not re.findall(r"<(?:link|img|iframe|object|embed)|\ssrc=|@import|url\((?!#)", page)


def test_many_tables_stay_small() -> None:
    """1.5 kB of drawing for a table with eight columns and its keys."""
    diagram = diagram_of(generated(30, 8))
    assert len(FORMS["svg"](diagram)) < 240 * 1500
    assert len(FORMS["html"](diagram)) < 240 * 2000


def test_a_browser_can_use_the_page(tmp_path: Path) -> None:
    """Search, click, keys, zoom and drag work, statements are shown, and nothing goes wrong."""
    spec = {**SHOP, "</script>": {"<b>bold</b>": "id"}}
    page = FORMS["html"](make_diagram(schema_of(spec)))
    assert browsed(tmp_path, page, "driver_schema.js") == {
        "seen": [],
        "found": "1 of 5",
        "lit": 1,
        "title": "ext_note",
        "ddl": "CREATE TABLE ext_note (id, item_id>item, text);",
        "hash": "#ext_note",
        "neighbours": ["item core"],
        "jumped": "item",
        "told": ["core"],
        "around": ["refers to", "user", "item", "is referred to by", "item", "ext_note"],
        "closed": True,
        "hover": [3, 3],
        "unlit": 0,
        "above": "1",
        "left": "0",
        "entered": "user",
        "zoomed": True,
        "dragged": True,
        "dark": [True, False],
        "far": [True, "none"],
        "fit": True,
    }
