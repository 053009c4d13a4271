"""Migrations that were written, or would be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dbman.cli.render import Block, Line, Page, Styled

if TYPE_CHECKING:
    from dbman.autogenerate import Generated, Generation


def generated_page(generated: Generated, *, dry_run: bool) -> Page:
    """Return the page of `dbman generate NAME`: the file's path, or with --dry-run its text."""
    scripts = [generated] if generated.text else []
    said = [*_said(scripts), *_skipped(generated.skipped)]
    data = _data(scripts, generated.skipped, () if scripts else generated.notes)
    if not scripts:
        name = f" for {generated.extension}" if generated.extension else ""
        return Page(data, said=[f"nothing to write{name}", *said], warnings=generated.notes)
    return Page(data, _text(scripts, dry_run), said, generated.notes, _hint(scripts, dry_run))


def generation_page(generation: Generation, *, dry_run: bool) -> Page:
    """Return the page of `dbman generate`: the paths, one a line, or with --dry-run the texts."""
    scripts = list(generation.scripts)
    said = [*_said(scripts), *_skipped(generation.skipped)]
    data = _data(scripts, generation.skipped, generation.notes)
    warnings = [*generation.notes, *(note for each in scripts for note in each.notes)]
    if not scripts:
        return Page(data, said=["nothing to write", *said], warnings=warnings)
    return Page(data, _text(scripts, dry_run), said, warnings, _hint(scripts, dry_run))


def _text(scripts: list[Generated], dry_run: bool) -> list[Block]:
    if dry_run:
        return ["\n\n".join(each.text.removesuffix("\n") for each in scripts)]
    return [str(each.path) for each in scripts]


def _said(scripts: list[Generated]) -> Iterator[Block]:
    """Yield what each script does, and which revisions it depends on and why."""
    for each in scripts:
        yield f"{each.extension} {each.revision}"
        yield from (f"  {operation}" for operation in each.operations)
        for other in each.depends_on:
            yield f"  depends on {other.extension} {other.revision}: {other.why}"


def _skipped(lines: tuple[str, ...]) -> list[Block]:
    return [Line([Styled(f"  skipped: {line}", "dim")]) for line in lines]


def _hint(scripts: list[Generated], dry_run: bool) -> str | None:
    """Return the command that applies what was written."""
    if dry_run or not all(each.is_read for each in scripts):
        return None
    names = dict.fromkeys(str(each.extension) for each in scripts)
    return f"`dbman upgrade {' '.join(names)}` applies {'it' if len(scripts) == 1 else 'them'}"


def _data(
    scripts: list[Generated], skipped: tuple[str, ...], notes: tuple[str, ...]
) -> dict[str, object]:
    return {
        "scripts": [_script(each) for each in scripts],
        "skipped": list(skipped),
        "notes": list(notes),
    }


def _script(generated: Generated) -> dict[str, object]:
    return {
        "extension": generated.extension,
        "revision": generated.revision,
        "path": str(generated.path) if generated.path else None,
        "operations": list(generated.operations),
        "depends_on": [
            {"extension": each.extension, "revision": each.revision, "why": each.why}
            for each in generated.depends_on
        ],
        "notes": list(generated.notes),
        "text": generated.text,
    }
