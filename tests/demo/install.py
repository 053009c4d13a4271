"""Install the demo distributions into a folder, without pip and without a network.

    python tests/demo/install.py FOLDER [NAME...]

The folder then goes on `sys.path`. Each distribution gets its package and a real dist-info, so
that `importlib.metadata` finds its entry points as it does after `pip install`. NAME is a
distribution or an ecosystem.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

Project: TypeAlias = Mapping[str, Any]

HERE = Path(__file__).parent
ALL = tuple(sorted(project.parent.name for project in HERE.glob("*/pyproject.toml")))
ECOSYSTEMS = tuple(sorted(folder.name for folder in (HERE / "ecosystems").iterdir()))


def install(target: Path, names: Sequence[str] = ALL) -> None:
    """Install the demo distributions of these names into a folder, which is made if missing.

    The name of an ecosystem stands for all its distributions.
    """
    for name in names:
        if name in ECOSYSTEMS:
            for file in sorted((HERE / "ecosystems" / name).glob("*/pyproject.toml")):
                install_beside_others(target, file)
        else:
            copy_package(HERE / name / name, target / name)
            write_dist_info(target, read_project(HERE / name / "pyproject.toml"), package=name)


def install_beside_others(target: Path, project_file: Path) -> None:
    """Install all that lies beside a pyproject.toml; several may fill one namespace package."""
    source = project_file.parent
    skipped = shutil.ignore_patterns("__pycache__", "pyproject.toml")
    shutil.copytree(source, target, ignore=skipped, dirs_exist_ok=True)
    files = [target / file.relative_to(source) for file in sorted(source.rglob("*.py"))]
    write_files(target, read_project(project_file), files)


def copy_package(source: Path, target: Path) -> None:
    """Copy a package but for its bytecode, in place of what an earlier call left."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))


def read_project(file: Path) -> Project:
    """Return the `[project]` table of a pyproject.toml."""
    project: Project = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
    return project


def write_dist_info(site: Path, project: Project, package: str) -> Path:
    """Write the dist-info of a package that lies in `site`, and return its folder.

    `project` is a `[project]` table: name, version, dependencies, entry-points.
    """
    return write_files(site, project, sorted((site / package).rglob("*.py")))


def write_files(site: Path, project: Project, modules: Sequence[Path]) -> Path:
    """Write the dist-info of a distribution of these modules, and return its folder."""
    # With a '-' left in the name, `importlib.metadata` takes all that begin alike for one.
    folder = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "METADATA": metadata_text(project),
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "INSTALLER": "dbman-demo\n",
        "entry_points.txt": entry_points_text(project.get("entry-points", {})),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    files = [*modules, *(folder / name for name in texts)]
    record = folder / "RECORD"
    lines = [*(record_line(file, site) for file in files), f"{folder.name}/RECORD,,"]
    record.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def metadata_text(project: Project) -> str:
    """Return the text of METADATA, in the form of the core metadata specification."""
    lines = ["Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {project['version']}"]
    if "description" in project:
        lines.append(f"Summary: {project['description']}")
    lines += [f"Requires-Dist: {needed}" for needed in project.get("dependencies", ())]
    return "\n".join(lines) + "\n"


def entry_points_text(groups: Mapping[str, Mapping[str, str]]) -> str:
    """Return the text of entry_points.txt: one ini section per group."""
    sections = []
    for group, points in groups.items():
        lines = [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
        sections.append("\n".join(lines) + "\n")
    return "\n".join(sections)


def record_line(file: Path, site: Path) -> str:
    """Return the line of RECORD about a file: its path, hash and size in bytes."""
    content = file.read_bytes()
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{file.relative_to(site).as_posix()},sha256={digest},{len(content)}"


def main() -> None:
    """Install what the command line names."""
    parser = argparse.ArgumentParser(description="Install the demo distributions into a folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help="by default all distributions, and no ecosystem")
    call = parser.parse_args()
    if unknown := sorted(set(call.names) - {*ALL, *ECOSYSTEMS}):
        parser.error(f"no such demo distribution: {', '.join(unknown)}")
    install(call.folder, call.names or ALL)


if __name__ == "__main__":
    main()
