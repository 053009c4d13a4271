"""One fault: what is changed in the files of the demo, and in whose."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scripts_text import script

HEADS = {"acme": "a92279fce608", "poser": "fcaaeeb59677", "notes": "fb3ec6aa3894", "gadget": "dd3e423c3676"}  # fmt: skip
"""The heads of the demo extensions; what a fault adds stands on them."""


@dataclass(frozen=True)
class Edit:
    """One change of one file."""

    file: str
    """The file: a revision id for its script, else a path in the package."""
    old: str | None
    """The text that goes; None where the file is new."""
    new: str
    """The text that comes."""
    extension: str | None = None
    """Whose file it is; None means the fault's extension."""


@dataclass(frozen=True)
class Fault:
    """One fault."""

    title: str
    """What is wrong, in a few words."""
    extension: str
    """Whose fault it is."""
    edits: tuple[Edit, ...]
    """What makes it."""

    def apply(self, site: Path) -> None:
        """Change the files of a folder in which the demo is installed."""
        for edit in self.edits:
            package = site / (edit.extension or self.extension)
            if edit.old is None:
                (package / edit.file).write_text(edit.new, encoding="utf-8")
                continue
            path = find(package, edit.file)
            text = path.read_text(encoding="utf-8")
            assert edit.old in text, f"{self.title}: {path.name} has no {edit.old!r}"
            path.write_text(text.replace(edit.old, edit.new, 1), encoding="utf-8")


def find(package: Path, file: str) -> Path:
    """Return a file of a package; an id names its script."""
    if file.endswith(".py"):
        return package / file
    (path,) = (package / "migrations").glob(f"{file}_*.py")
    return path


def fault(title: str, extension: str, *edits: Edit) -> Fault:
    """Return a fault."""
    return Fault(title, extension, edits)


def change(file: str, old: str, new: str, extension: str | None = None) -> Edit:
    """Return a change of a file that is there."""
    return Edit(file, old, new, extension)


def body(file: str, function: str, new: str) -> Edit:
    """Return what replaces the beginning of a function: what stood there does not run any more."""
    lines = "\n".join(f"    {line}" for line in new.splitlines())
    head = f"def {function}() -> None:\n"
    return Edit(file, head, f"{head}{lines}\n    return\n\n\ndef _{function}() -> None:\n")


def adds(
    extension: str,
    id_: str,
    up: str,
    down: str = "pass",
    *,
    after: str | None = None,
    depends: str | None = None,
) -> Edit:
    """Return a new script at the head of an extension."""
    text = script(id_, up, down, down=after or HEADS[extension], depends=depends)
    text = text.replace(f"{id_} of a test", f"{id_} of a fault", 1)
    for name, line in (("op", "from alembic import op\n"), ("sa", "import sqlalchemy as sa\n")):
        if f"{name}." not in up + down:  # an unused import would be a fault of its own
            text = text.replace(line, "")
    return Edit(f"migrations/{id_}_of_a_fault.py", None, text)


def model(old: str, new: str, extension: str | None = None) -> Edit:
    """Return a change of the models."""
    return Edit("models.py", old, new, extension)


SOUND = (
    change(
        "4b43bcd753fd",
        "depends_on = None",
        "depends_on = '630deccf7d56'",
        "gadget",
    ),
)
"""What makes the demo sound: gadget declares what it depends on."""
