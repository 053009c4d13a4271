"""The schema as an entity relationship diagram of Mermaid, for a README.

Source: https://mermaid.js.org/syntax/entityRelationshipDiagram.html; types of attributes are one
word of letters, digits and ``-_()[]``, comments and labels stand in quotes that nothing escapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbman.files import MARK
from dbman.pictures.colours import COUNT, LIGHT
from dbman.pictures.labels import cut, plain
from dbman.pictures.schema.model import Box, Diagram, Row

_MARKS = {
    "added": "fill:#d9f2dd,stroke:#23843a",
    "removed": "fill:#fbdcdc,stroke:#c03030,stroke-dasharray:5 4",
    "changed": "fill:#fff0c9,stroke:#a86a00",
}


def draw_mermaid(diagram: Diagram) -> str:
    """Return the source of the diagram; what extension a table is of is told by its colour."""
    return "\n".join(_lines(diagram)) + "\n"


def _lines(diagram: Diagram) -> Iterator[str]:
    yield f"%% {MARK} schema"
    yield "erDiagram"
    for place, box in enumerate(diagram.boxes):
        yield f'  t{place}["{_label(box.table.name)}"] {{'
        yield from (f"    {_row(row)}" for row in box.rows)
        yield "  }"
    for line in diagram.lines:
        row = _row_of(diagram.boxes[line.start], line.start_row)
        parent = "|o" if row and row.type.endswith("?") else "||"
        label = _label(row.name if row else "")
        yield f'  t{line.end} {parent}--o{{ t{line.start} : "{label}"'
    used: dict[str, list[str]] = {}
    for place, box in enumerate(diagram.boxes):
        name = box.mark or f"c{box.group % COUNT}"
        used.setdefault(name, []).append(f"t{place}")
    for name, places in used.items():
        shape = _MARKS.get(name) or f"stroke:{LIGHT[int(name[1:])]},stroke-width:2px"
        yield f"  classDef {name} {shape}"
        yield f"  class {','.join(places)} {name}"


def _row(row: Row) -> str:
    keys = [word for word, is_so in (("PK", row.is_key), ("FK", row.refers)) if is_so]
    comment = f' "{row.mark}"' if row.mark else ""
    return f"{_word(row.type)} {_word(row.name)} {','.join(keys)}{comment}".rstrip().replace(
        "  ", " "
    )


def _row_of(box: Box, number: int) -> Row | None:
    return box.rows[number] if number < len(box.rows) else None


def _word(text: str) -> str:
    """Return a text as one word that begins with a letter."""
    word = re.sub(r"[^\w()\[\]-]+", "_", plain(text).rstrip("?"), flags=re.ASCII).strip("_")
    return word if word[:1].isalpha() else f"c_{word}"


def _label(text: str) -> str:
    kept = cut(plain(text), 60)
    return "".join(char if _is_harmless(char) else "_" for char in kept) or "_"


def _is_harmless(char: str) -> bool:
    return char.isalnum() or ord(char) > 127 or char in " ,.:-_/"
