"""The scripts as they were released: a file of hashes beside them, ``dbman.lock``.

It begins with the heads, so that two branches of a repository conflict in git when both add a
revision and renew the file; then there is a line for each revision. Comments, blank lines and the
ends of lines do not count for a hash: a comment which silences a rule is no edit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from dbman.errors import ScriptError
from dbman.extensions import InstalledExtension
from dbman.files import changing_files, is_installed
from dbman.lint.comments import comment_tokens
from dbman.lint.sources import Source, read_sources
from dbman.migrator.scene import Scene
from dbman.scripts import scripts_folder
from dbman.sources import read_text

FILE = "dbman.lock"
_HEAD = "# The scripts as they were released; `dbman lint --baseline` writes this file.\n"
_LINE = re.compile(r"(\S+) ([0-9a-f]{64})")


@dataclass(frozen=True)
class Lock:
    """What such a file says."""

    path: Path
    """The file."""
    heads: tuple[str, ...] = ()
    """The heads of the extension."""
    hashes: Mapping[str, str] | None = None
    """The hash of each script by its revision; None where there is no file."""
    lines: Mapping[str, int] | None = None
    """The line on which each revision stands."""


@dataclass(frozen=True)
class Baseline:
    """The file of one version location that was written, or would be."""

    extension: str
    """The extension."""
    path: Path
    """The file."""
    added: tuple[str, ...]
    """The revisions that are new in it."""
    changed: tuple[str, ...]
    """Those whose hash is another one now."""
    removed: tuple[str, ...]
    """Those that have gone."""
    text: str
    """What the file holds then."""


@dataclass(frozen=True)
class Baselines:
    """The files of several extensions."""

    files: tuple[Baseline, ...]
    """The files, in the order of the extensions."""
    refused: tuple[str, ...]
    """Why there is none for others."""
    done: bool
    """Whether they were written."""


def write_baselines(scene: Scene, names: Iterable[str] = (), *, dry_run: bool = False) -> Baselines:
    """Write the file of each version location of the named extensions, or of all.

    Those that pip has installed are left as they are, and told; so are those without scripts.

    Raises:
        UsageError: a name is no extension's, or a file cannot be written.
    """
    scene.graph.require_unambiguous()
    chosen = [scene.extension(name) for name in names] or list(scene.extensions)
    sources, unreadable = read_sources(scene.extensions, scene.graph.revisions)
    files, refused = [], []
    for extension in chosen:
        broken = [each for each in unreadable if each.extension == extension]
        if any(is_installed(each) for each in extension.locations):
            refused.append(f"{extension.title} is not installed editable: nothing is written")
        elif broken:
            refused.append(f"{extension.title}: {broken[0].problem.message}")
        else:
            heads = tuple(head.id for head in scene.graph.heads(extension.name))
            files += [
                _baseline(extension, folder, scripts, heads)
                for folder, scripts in by_location(extension, sources).items()
                if scripts
            ]
    if not dry_run:
        _write(files)
    return Baselines(tuple(files), tuple(refused), not dry_run)


def by_location(
    extension: InstalledExtension, sources: Iterable[Source]
) -> Mapping[Path, list[Source]]:
    """Return an extension's scripts by the folder that has its lock; the deepest one counts."""
    folders = [scripts_folder(location) for location in extension.locations]
    found: dict[Path, list[Source]] = {folder: [] for folder in folders}
    for source in sources:
        around = [each for each in folders if source.path.is_relative_to(each)]
        if source.extension.name == extension.name and around:
            found[max(around, key=lambda each: len(each.parts))].append(source)
    return found


def fingerprint(text: str) -> str:
    """Return the hash of a script, for which its comments and blank lines do not count."""
    lines = text.splitlines()
    for token in comment_tokens(text):
        line, column = token.start
        lines[line - 1] = lines[line - 1][:column]
    kept = "\n".join(stripped for line in lines if (stripped := line.rstrip()))
    return sha256(kept.encode()).hexdigest()


def read_lock(folder: Path) -> Lock:
    """Return what the file in a folder says; raise `ScriptError` where it is no such file.

    So it is where git left a conflict in it.
    """
    path = folder / FILE
    if not path.is_file():
        return Lock(path)
    heads: tuple[str, ...] = ()
    hashes, lines = {}, {}
    for number, line in enumerate(read_text(path).splitlines(), 1):
        if line.startswith("heads "):
            heads = tuple(line.split()[1:])
        elif found := _LINE.fullmatch(line):
            hashes[found[1]], lines[found[1]] = found[2], number
        elif line and not line.startswith("#"):
            raise ScriptError(
                f"{path}:{number} is no line of a lock: {line[:40]!r}",
                "where two branches were merged, join their heads first: `dbman rebase` or `merge`;"
                " then `dbman lint --baseline` writes it anew",
            )
    return Lock(path, heads, hashes, lines)


def _baseline(
    extension: InstalledExtension, folder: Path, sources: list[Source], heads: tuple[str, ...]
) -> Baseline:
    hashes = {str(each.header.revision): fingerprint(each.text) for each in sources}
    try:
        lock = read_lock(folder)
    except ScriptError:
        lock = Lock(folder / FILE)
    before = lock.hashes or {}
    listed = "".join(f"{id_} {hashes[id_]}\n" for id_ in sorted(hashes))
    return Baseline(
        extension.name,
        lock.path,
        added=tuple(sorted(hashes.keys() - before.keys())),
        changed=tuple(sorted(i for i in hashes.keys() & before.keys() if hashes[i] != before[i])),
        removed=tuple(sorted(before.keys() - hashes.keys())),
        text=f"{_HEAD}heads {' '.join(heads)}\n{listed}",
    )


def _write(files: Iterable[Baseline]) -> None:
    with changing_files("let it be written") as changes:
        for each in files:
            if each.path.exists():
                changes.replace(each.path, each.text.encode())
            else:
                changes.make(each.path, each.text)
