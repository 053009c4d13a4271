"""Which scripts have changed since a revision of git."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

from dbman.errors import UsageError


def changed_since(ref: str, scripts: Iterable[Path]) -> frozenset[Path]:
    """Return those of these scripts that differ from where this branch left `ref`.

    What is not committed counts, and so do files that git does not know. Scripts outside of any
    repository, such as those that pip has installed, have not changed.

    Raises `UsageError` where git is missing, none of the scripts is in a repository, or a
    repository has no such revision.
    """
    by_folder: dict[Path, list[Path]] = {}
    for script in scripts:
        by_folder.setdefault(script.parent, []).append(script)
    roots = {folder: _root(folder) for folder in by_folder}
    if not any(roots.values()):
        raise UsageError(
            f"--since {ref}: none of the scripts is in a git repository",
            "leave --since away, or lint a checkout of the extension",
        )
    changed = {root: _changed(root, ref) for root in {*roots.values()} if root}
    return frozenset(
        script
        for folder, root in roots.items()
        for script in (by_folder[folder] if root else ())
        if root and script.resolve() in changed[root]
    )


def _root(folder: Path) -> Path | None:
    """Return the top folder of the repository that a folder is in; None outside of any."""
    found = _git(folder, "rev-parse", "--show-toplevel")
    return None if found is None else Path(found.removesuffix("\n"))


def _changed(root: Path, ref: str) -> frozenset[Path]:
    """Return the files of a repository that differ from a revision, and those it does not know."""
    if _git(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}") is None:
        raise UsageError(f"--since {ref}: {root} has no such revision", "name a branch or a commit")
    base = (_git(root, "merge-base", ref, "HEAD") or ref).strip()
    differing = _git(root, "diff", "--name-only", "-z", "--no-renames", base, "--") or ""
    unknown = _git(root, "ls-files", "--others", "--exclude-standard", "-z") or ""
    return frozenset((root / name).resolve() for name in (differing + unknown).split("\0") if name)


def _git(folder: Path, *words: str) -> str | None:
    """Return what git prints; None where it fails. Raises `UsageError` where there is none."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, check=False, encoding="utf-8"
        )
    except OSError as err:
        raise UsageError(f"git cannot be run: {err.strerror}", "--since asks git") from err
    return done.stdout if done.returncode == 0 else None
