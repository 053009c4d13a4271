"""Run what a page of the documentation shows."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from os import pathsep
from pathlib import Path

ROOT = Path(__file__).parent.parent
OFFLINE = "--quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index"
"""What lets `pip install -e` do with what is installed: no network, no build environment."""


def blocks(text: str, kind: str) -> list[str]:
    """Return the code blocks of one kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.S | re.M)


def commands(shown: str) -> list[str]:
    """Return the commands of a transcript; the further lines of one begin with `>`."""
    found: list[str] = []
    for line in shown.splitlines():
        if line.startswith("$ "):
            found.append(line[2:])
        elif re.match(r">( |$)", line):
            found[-1] += f"\n{line[2:]}"
    return found


def make_commands(folder: Path, python: str, **options: str) -> Path:
    """Return a folder with commands that run modules of a Python: name -> further arguments."""
    folder.mkdir(exist_ok=True)
    for name, more in options.items():
        command = folder / name
        command.write_text(f'#!/bin/sh\nexec "{python}" -m {name} "$@" {more}\n', encoding="utf-8")
        command.chmod(0o755)
    return folder


def make_venv(folder: Path) -> Path:
    """Make a virtual environment that has what this Python has, and dbman from this clone.

    Returns the folder of its commands; what `pip` installs there is seen nowhere else.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    names = {"base": str(folder), "platbase": str(folder)}
    site = Path(sysconfig.get_path("purelib", "venv", names))
    here = [*(path for path in sys.path if path.endswith("-packages")), str(ROOT)]
    (site / "outside.pth").write_text("".join(f"{path}\n" for path in here), encoding="utf-8")
    return make_commands(
        folder / "commands", str(python), pip=OFFLINE, dbman="", pytest="-p no:cacheprovider"
    )


def run_transcript(
    shown: str, bin_folder: Path, folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run the commands of a transcript in one shell, each printed before what it prints.

    The shell stops at the first command that fails.
    """
    lines = []
    for command in commands(shown):
        prompted = re.sub(r"\n(.?)", lambda found: "\n> "[: 2 + bool(found[1])] + found[1], command)
        prompted = prompted.replace("'", "'\\''")
        lines.append(f"printf '%s\\n' '$ {prompted}'\n{command}")
    return subprocess.run(
        ["sh", "-c", "exec 2>&1\nset -e\n" + "\n".join(lines)],
        cwd=folder,
        env={**environment, "PATH": f"{bin_folder}{pathsep}{environment['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
