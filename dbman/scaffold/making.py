"""From a name to a project."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from dbman.compat import is_sqlalchemy_1
from dbman.config import Settings
from dbman.errors import UsageError
from dbman.extensions import InstalledExtension, discover
from dbman.extensions.contract import default_prefix
from dbman.extensions.literals import read_literals
from dbman.scaffold.bases import exported_metadata, find_base, has_name, visible
from dbman.scaffold.foundations import Foundation, find_foundation
from dbman.scaffold.names import check_free, check_prefix
from dbman.scaffold.projects import Project, existing_project, new_project
from dbman.scaffold.pyprojects import edited_files, settings_file
from dbman.scaffold.rendering import Design, render, templates
from dbman.scaffold.results import Scaffold, ScaffoldFile
from dbman.scaffold.writing import write_files


def new(
    settings: Settings,
    name: str | None = None,
    *,
    prefix: str | None = None,
    core: str | None = None,
    path: Path | str | None = None,
    here: bool = False,
    dry_run: bool = False,
) -> Scaffold:
    """Make the project of an extension in a folder of its name; where there is no core, the core.

    The folder is made in `path`, by default the current folder. With `here` that is itself the
    project, and gets what it lacks; then `name` may be left away. `core` is the extension to build
    on, by its name, package or distribution. An empty `prefix` makes the core in any case, another
    one never. With `dry_run` nothing is written.

    Raises:
        UsageError: a name, prefix or place is wrong or taken; a file cannot be written.
        SettingsError: a toml file of the project is wrong or cannot be edited.
    """
    place = None if path is None else Path(path)
    if here:
        project = existing_project(settings.group, name, place)
    elif name is None:
        raise UsageError("a new extension needs a name", "say `dbman new NAME`")
    else:
        project = new_project(name, place)
    with visible(project.source):
        design = _design(settings, project, prefix, core)
        files = tuple(_files(settings, design))
    if not dry_run:
        write_files(files)
    return _scaffold(design, files)


def _design(settings: Settings, project: Project, prefix: str | None, core: str | None) -> Design:
    installed = discover(replace(settings, core=None))
    check_free(project.name, project.package, project.distribution, project.folder, installed)
    others = [each for each in installed if each.name != project.name]
    if prefix is None and project.value:
        prefix = read_literals(project.value).prefix
    foundation = _foundation(settings, others, project, prefix, core)
    is_core = foundation is None and not prefix
    if prefix is None:
        prefix = "" if is_core else default_prefix(project.name)
    _check_core(settings, project, is_core, prefix)
    check_prefix(prefix, project.name, others)
    base = find_base(project.package, project.value)
    has_example = not project.file_of(f"{project.package}.models").exists()
    return Design(
        project=project,
        prefix=prefix,
        is_core=is_core,
        foundation=foundation,
        value=project.value or _value(project),
        base=base or (foundation.base if foundation else None),
        metadata="Base.metadata" if has_example else _metadata(project),
        versions_group=settings.versions_group,
        group=settings.group,
        is_classic=is_sqlalchemy_1(),
        has_example=has_example,
        says_core=is_core and settings.core is None and settings_file(settings) is None,
    )


def _foundation(
    settings: Settings,
    others: Sequence[InstalledExtension],
    project: Project,
    prefix: str | None,
    core: str | None,
) -> Foundation | None:
    """Return what the extension is built on; the core itself is built on nothing."""
    if core is None and (prefix == "" or settings.core == project.name):
        return None
    return find_foundation(settings, others, core, project.folder)


def _check_core(settings: Settings, project: Project, is_core: bool, prefix: str) -> None:
    if is_core and settings.core not in (None, project.name):
        raise UsageError(
            f"{settings.core} is the core, by {settings.sources['core']}",
            "leave --prefix away, or take `core` out of the settings",
        )
    if not is_core and not prefix:
        raise UsageError(
            "only the core has tables without a prefix", "leave --core or --prefix away"
        )


def _value(project: Project) -> str:
    """Return the value of a new entry point: its module is `db`, or what another `db` leaves free.

    A module that already says what the extension is, is taken as it is.
    """
    for module in (f"{project.package}.db", f"{project.package}.extension"):
        if not project.file_of(module).exists() or has_name(module, "extension"):
            return f"{module}:extension"
    raise UsageError(
        f"{project.root} has both a db.py and an extension.py, of something else",
        f"write a module with `extension = dbman.Extension(...)` and register it as {project.name}",
    )


def _metadata(project: Project) -> str:
    """Return what in the models of a project is their metadata, as Python says it."""
    found = exported_metadata(f"{project.package}.models")
    if found is None:
        raise UsageError(
            f"{project.file_of(f'{project.package}.models')} has no Base and no metadata",
            "import the one that the models use there, or register the extension yourself",
        )
    return found


def _files(settings: Settings, design: Design) -> Iterator[ScaffoldFile]:
    """Yield every file with what happens to it: new ones first, so that edits come last."""
    for path, template in templates(design):
        if path.exists() or path.is_symlink():
            yield ScaffoldFile(path, "kept")
        else:
            yield ScaffoldFile(path, "made", render(template, design))
    yield from edited_files(settings, design)


def _scaffold(design: Design, files: tuple[ScaffoldFile, ...]) -> Scaffold:
    project, foundation = design.project, design.foundation
    return Scaffold(
        name=project.name,
        folder=project.folder,
        package=project.package,
        value=design.value,
        prefix=design.prefix,
        is_core=design.is_core,
        core=foundation.name if foundation else None,
        beside=foundation.folder if foundation else None,
        base=design.base,
        files=files,
    )
