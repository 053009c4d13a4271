"""Find the installed extensions: entry points, settings and Alembic configurations, joined."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import combinations

from dbman.config import ExtensionSettings, Settings
from dbman.errors import SettingsError, UsageError, nearest
from dbman.extensions.contract import InstalledExtension, default_prefix
from dbman.extensions.drafts import Draft, apply_convention, conventional, covers, draft
from dbman.extensions.entry_points import entries, script_entries
from dbman.extensions.ini import IniLocation, ini_locations
from dbman.scripts import read_location

_NAME = re.compile(r"[a-z][a-z0-9_]*")
"""What an extension may be called that has no entry point."""


def discover(settings: Settings, skip: Collection[str] = ()) -> tuple[InstalledExtension, ...]:
    """Return all extensions: the core first, then as they require each other, then by name.

    They are the entry points of `group` (models) and `versions_group` (scripts), joined by name;
    the tables of the settings that say where models or scripts are; and the version locations of
    an Alembic configuration that none of these covers. No application is imported, unless nothing
    else tells where its scripts are. What is wrong with one extension is told in its `problems`.

    Raises `SettingsError` if a table or `core` names no extension, and `UsageError` for an
    unknown name in `skip`.
    """
    found = _registered(settings)
    for location in ini_locations(settings):
        _join(found, location, settings)
    for each in found.values():
        apply_convention(each, settings)
    _check_names(found, settings, skip)
    _check_requires(found)
    _check_locations(found)
    core = _core(found, settings)
    return tuple(
        _installed(found[name], settings, is_core=name == core, is_skipped=name in skip)
        for name in _order(found, core)
    )


def _registered(settings: Settings) -> dict[str, Draft]:
    """Return the extensions that entry points and settings name."""
    models = entries(settings.group)
    scripts = script_entries(settings.versions_group) if settings.versions_group else {}
    if settings.versions_group == settings.group:
        models = {}
    new = [name for name, table in settings.extensions.items() if table.models or table.versions]
    for name in new:
        if name not in models and name not in scripts and not _NAME.fullmatch(name):
            raise SettingsError(
                f"extensions.{name}: {name!r} is no name for an extension",
                "use a lower-case letter, then lower-case letters, digits and '_'",
            )
    return {
        name: draft(name, models.get(name), scripts.get(name), settings)
        for name in {**models, **scripts, **dict.fromkeys(new)}
    }


def _join(found: dict[str, Draft], location: IniLocation, settings: Settings) -> None:
    """Add a version location of an Alembic configuration to the extension that it belongs to.

    That is the one whose scripts it holds, else the one of its name, else the one that lacks its
    history, else a new one. Beside settings of dbman the convention holds as well, and a default
    location without scripts makes no extension.
    """
    name, folder = location.name, location.folder
    if folder is not None:
        covering = next((each for each in found.values() if covers(each, folder, settings)), None)
        if covering:
            covering.is_own |= location.is_own
            return
    if location.is_own and name not in found:
        name = _without_scripts(found, settings) or name
        is_empty = folder is None or not read_location(folder)
        if found and name not in found and is_empty and not settings.is_ini:
            return
    table = settings.extensions.get(name, ExtensionSettings())
    each = found.setdefault(name, Draft(name, table, package=location.package))
    each.is_own |= location.is_own
    if not settings.is_ini and _has_conventional(each, settings):
        apply_convention(each, settings)
    if folder is not None:
        each.add(location.source, folder)
    if location.problem:
        each.has_versions = True
        each.problems.append(location.problem)


def _without_scripts(found: Mapping[str, Draft], settings: Settings) -> str | None:
    """Return the only extension of which the settings name the models and nobody any scripts."""
    names = [
        each.name
        for each in found.values()
        if each.table.models and not each.has_versions and not _has_conventional(each, settings)
    ]
    return names[0] if len(names) == 1 else None


def _has_conventional(each: Draft, settings: Settings) -> bool:
    """Return whether the folder that the convention means is there."""
    folder = conventional(each, settings)
    return folder is not None and folder.is_dir()


def _check_names(found: Mapping[str, Draft], settings: Settings, skip: Collection[str]) -> None:
    """Raise an error if settings or the call name an extension that is not there."""
    for name in settings.extensions:
        if name not in found:
            raise SettingsError(
                f"extensions.{name}: no extension of that name is installed{nearest(name, found)}",
                "install it, or say where it is: models = 'package.module:name'",
            )
    if found and settings.core and settings.core not in found:
        raise SettingsError(
            f"core: no extension {settings.core!r} is installed{nearest(settings.core, found)}",
            f"installed: {', '.join(sorted(found))}",
        )
    for name in skip:
        if name not in found:
            raise UsageError(
                f"there is no extension {name!r} to leave aside{nearest(name, found)}",
                f"installed: {', '.join(sorted(found)) or 'none'}",
            )


def _check_requires(found: Mapping[str, Draft]) -> None:
    """Tell extensions that require what is not installed, or each other."""
    for each in found.values():
        for name in each.requires:
            if name not in found:
                hint = f"install {name}, or uninstall what requires it"
                each.complain(f"it requires {name}, which is not installed", hint)
        circle = _circle(found, each.name)
        if circle:
            path = " -> ".join(circle)
            each.complain(f"it requires itself: {path}", "take one of these out of `requires`")


def _circle(found: Mapping[str, Draft], name: str) -> list[str]:
    """Return a shortest way from an extension over `requires` back to itself, or nothing."""
    ways = [[name]]
    seen: set[str] = set()
    for way in ways:
        for required in found[way[-1]].requires:
            if required == name:
                return [*way, name]
            if required in found and required not in seen:
                seen.add(required)
                ways.append([*way, required])
    return []


def _check_locations(found: Mapping[str, Draft]) -> None:
    """Tell extensions that claim the same scripts."""
    for one, other in combinations(found.values(), 2):
        shared = [each for each in one.locations if each in other.locations and each.is_dir()]
        for folder in shared:
            for each, rival in ((one, other), (other, one)):
                each.complain(
                    f"its scripts in {folder} are those of {rival.title} too",
                    f"say where they are: [tool.dbman.extensions.{each.name}] versions = ...",
                )


def _core(found: Mapping[str, Draft], settings: Settings) -> str | None:
    """Return the name of the core, or None.

    It is the one that the settings name; else the only extension with an empty prefix; else the
    project's own history in an Alembic configuration.
    """
    if settings.core:
        return settings.core
    bare = [each.name for each in found.values() if each.prefix == ""]
    own = [each.name for each in found.values() if each.is_own]
    return bare[0] if len(bare) == 1 else next(iter(own), None)


def _order(found: Mapping[str, Draft], core: str | None) -> list[str]:
    """Return the names: the core, then each after what it requires, then by name."""
    order = [core] if core and core in found else []

    def place(name: str, above: tuple[str, ...]) -> None:
        if name in order:
            return
        for required in sorted(found[name].requires):
            if required in found and required not in above:
                place(required, (*above, required))
        order.append(name)

    for name in sorted(found):
        place(name, (name,))
    return order


def _installed(
    each: Draft, settings: Settings, *, is_core: bool, is_skipped: bool
) -> InstalledExtension:
    """Return the finished result for one extension."""
    prefix = "" if is_core else default_prefix(each.name)
    return InstalledExtension(
        name=each.name,
        distribution=each.distribution,
        value=each.value,
        package=each.package,
        sources=tuple(each.sources),
        locations=tuple(each.locations),
        prefix=prefix if each.prefix is None else each.prefix,
        requires=each.requires,
        tree=settings.version_table_of(each.name),
        enabled=each.table.enabled,
        is_core=is_core,
        skipped=is_skipped,
        problems=tuple(each.problems),
    )
