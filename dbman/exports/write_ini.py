"""Set the version locations in an Alembic ini; whatever else stands there stays as it is."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dbman.exports.merging import Edited, Wanted, merge
from dbman.exports.project import Project

if TYPE_CHECKING:
    from configupdater import Option, Section

_KEY = "version_locations"
_SEPARATORS = {"os": os.pathsep, "space": " ", "newline": "\n"}
# How Alembic splits where no separator is set: `Config.get_version_locations_list` and
# `get_prepend_sys_paths_list` in its config.py.
_LEGACY = r", *|(?: +)"
_LEGACY_SYS_PATH = r", *|(?: +)|\:"


def edit_ini(text: str, project: Project, wanted: Wanted) -> Edited:
    """Return the ini with ``path_separator = newline`` and one version location per line.

    `prepend_sys_path`, which the same separator splits, is converted with it.
    """
    from configupdater import ConfigUpdater

    updater = ConfigUpdater()
    updater.read_string(text)
    section = updater[project.section]
    separator = _separator(project, "path_separator")
    listed = _Listed(
        section[_KEY].value if section.has_option(_KEY) else None,
        _pattern(separator or _separator(project, "version_path_separator"), _LEGACY),
    )
    merged = merge(listed.entries, wanted)
    lines = listed.lines(merged.entries)
    if lines != listed.old or separator != "newline":
        _option(section, _KEY, "script_location").set_values(lines, indent="    ")
    if separator != "newline":
        _convert_sys_path(section, _pattern(separator, _LEGACY_SYS_PATH))
        _option(section, "path_separator", _KEY).value = "newline"
    return Edited(str(updater), merged.entries, merged.notes)


class _Listed:
    """The list as it stands in the ini, with the comments in it."""

    def __init__(self, value: str | None, pattern: str) -> None:
        lines = [line.strip() for line in (value or "").splitlines()]
        self.old = [each for line in lines for each in _split(line, pattern)]
        self.entries = None if value is None else [e for e in self.old if not _is_comment(e)]

    def lines(self, entries: Sequence[str]) -> list[str]:
        """Return the comments and those of the entries that stay, then the new ones."""
        kept = [line for line in self.old if _is_comment(line) or line in entries]
        return kept + [entry for entry in entries if entry not in kept]


def _is_comment(line: str) -> bool:
    return line[:1] in ("#", ";")


def _split(line: str, pattern: str) -> list[str]:
    parts = [line] if _is_comment(line) else re.split(pattern, line)
    return [part.strip() for part in parts if part.strip()]


def _separator(project: Project, key: str) -> str | None:
    """Return the name of a separator in force, in the section or in ``[DEFAULT]``."""
    return project.parser.get(project.section, key, fallback=None)


def _pattern(separator: str | None, legacy: str) -> str:
    return legacy if separator is None else re.escape(_SEPARATORS.get(separator, separator))


def _convert_sys_path(section: Section, pattern: str) -> None:
    if section.has_option("prepend_sys_path"):
        option = section["prepend_sys_path"]
        parts = [
            part for line in (option.value or "").splitlines() for part in _split(line, pattern)
        ]
        if len(parts) > 1:
            option.set_values(parts, indent="    ")


def _option(section: Section, key: str, after: str) -> Option:
    """Return an option; a new one stands below its example in a comment, else below `after`."""
    from configupdater import Comment, Option

    if section.has_option(key):
        return section[key]
    example = re.compile(rf"^[#;]\s*{key}\s*=", re.MULTILINE)
    blocks = list(section.structure)
    examples = [each for each in blocks if isinstance(each, Comment) and example.search(str(each))]
    options = [each for each in blocks if isinstance(each, Option)]
    anchors = [*examples, *(each for each in options if each.key == after), *options[-1:]]
    if anchors:
        anchors[0].add_after.option(key, "")
    else:
        section.set(key, "")
    return section[key]
