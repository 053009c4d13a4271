"""The ini form: Alembic's own section, and beside it those that have dbman's keys.

These are ``[dbman]`` and ``[dbman.extensions.NAME]``. The rules for Alembic's are those of
`alembic.config.Config` (`get_version_locations_list`, `get_prepend_sys_paths_list`,
`get_hooks_list`).
"""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Callable, Iterator, Mapping

from dbman.config.files import SECTION, SettingsFile
from dbman.config.keys import ALEMBIC, EXTENSION, OWN, PLAIN, Layer, checked
from dbman.errors import SettingsError, nearest

_OWN_SECTION = "dbman"
_EXTENSION_SECTION = "dbman.extensions."
_LINT_SECTION = "dbman.lint"
_PLACEHOLDER = "driver://user:pass@localhost/dbname"
_SEPARATORS = {"space": " ", "newline": "\n", "os": os.pathsep, ":": ":", ";": ";"}
_LEGACY = r", *|(?: +)"
_LEGACY_SYS_PATH = r", *|(?: +)|\:"
_REFERENCE = re.compile(r"%%|%\(([^)]+)\)s")
_OTHER_OPTIONS = {
    "path_separator",
    "version_path_separator",
    "output_encoding",
    "revision_environment",
    "sourceless",
    "databases",
}


def ini_layers(file: SettingsFile, section: str) -> Iterator[Layer]:
    """Yield what the section of Alembic says, then what those of dbman say.

    Below them is the URL of ``[alembic]``: it alone goes for the other sections, too.
    Raises `SettingsError` if the file is no ini (with the line), has no such section, or says
    something that neither Alembic nor dbman can read.
    """
    reader = _Reader(file, _parse(file))
    sections = reader.parser.sections()
    extensions = reader.extension_sections()
    if section != SECTION and (url := reader.alembic_url(SECTION)):
        yield Layer(reader.source(SECTION), {"url": url})
    if section in sections:
        yield checked(reader.alembic(section), {**ALEMBIC, **PLAIN}, reader.source(section))
    elif section != SECTION or not (_OWN_SECTION in sections or extensions):
        raise SettingsError(
            f"{file.name} has no section [{section}]{nearest(section, sections)}",
            f"choose one with -n SECTION: {', '.join(sections) or 'the file has none'}",
        )
    if _OWN_SECTION in sections:
        yield checked(reader.own(), PLAIN, reader.source(_OWN_SECTION))
    for each in extensions:
        yield checked({"extensions": reader.extension(each)}, OWN, reader.source(each))
    if _LINT_SECTION in sections:
        yield checked({"lint": reader.lint()}, OWN, reader.source(_LINT_SECTION))


def _parse(file: SettingsFile) -> configparser.ConfigParser:
    """Return the parsed file, with ``%(here)s`` as Alembic has it."""
    # Doubled, because a '%' in the folder must survive, which it does not in Alembic.
    parser = configparser.ConfigParser({"here": file.here.replace("%", "%%")})
    try:
        parser.read_string(file.text())
    except configparser.Error as err:
        raise SettingsError(f"{file.name}:{_reason(err)}", "correct the file") from err
    return parser


def _reason(err: configparser.Error) -> str:
    """Return the line and what is wrong with it."""
    match err:
        case configparser.MissingSectionHeaderError():
            return f"{err.lineno}: text before the first [section]"
        case configparser.DuplicateSectionError():
            return f"{err.lineno}: section [{err.section}] stands twice"
        case configparser.DuplicateOptionError():
            return f"{err.lineno}: {err.option} stands twice in [{err.section}]"
        case configparser.ParsingError():
            return f"{err.errors[0][0]}: neither a [section] nor key = value"
    return f" {err.message}"


class _Reader:
    """Read values of one parsed file."""

    def __init__(self, file: SettingsFile, parser: configparser.ConfigParser) -> None:
        self.file = file
        self.parser = parser

    def source(self, section: str) -> str:
        """Return what `dbman config` says about values of this section."""
        return f"{self.file.name} [{section}]"

    def alembic(self, section: str) -> dict[str, object]:
        """Return what Alembic's section says, as toml would have it."""
        values: dict[str, object] = {}
        for key, convert in _CONVERT.items():
            if value := self.get(section, key):
                values[key] = convert(value)
        for key, legacy, names in (
            ("version_locations", _LEGACY, ("path_separator", "version_path_separator")),
            ("prepend_sys_path", _LEGACY_SYS_PATH, ("path_separator",)),
        ):
            if value := self.get(section, key):
                values[key] = self.split(section, value, legacy, names)
        if self.parser.has_section("post_write_hooks"):
            values["post_write_hooks"] = self.hooks()
        if url := self.alembic_url(section):
            values["url"] = url
        return values

    def alembic_url(self, section: str) -> str | None:
        """Return the URL of a section of Alembic; None without it, or such a section."""
        has_section = self.parser.has_section(section)
        return real_url(self.url(section, "sqlalchemy.url")) if has_section else None

    def own(self) -> dict[str, object]:
        """Return what ``[dbman]`` says; Alembic's options are passed over.

        The section may be one for ``alembic -n dbman`` as well.
        """
        values: dict[str, object] = {}
        for key in self.parser[_OWN_SECTION]:
            if key not in PLAIN and self._is_other(key):
                continue
            if key in OWN and key not in PLAIN:
                sections = {
                    "extensions": f"write sections [{_EXTENSION_SECTION}NAME]",
                    "lint": f"write a section [{_LINT_SECTION}]",
                }
                raise SettingsError(
                    f"{self.source(_OWN_SECTION)}: {key} is a table, which an ini cannot hold",
                    sections.get(key, "write these settings in a dbman.toml"),
                )
            read = self.url if key in ("url", "scratch_url") else self.get
            value = read(_OWN_SECTION, key)
            if value or key not in PLAIN:
                values[key] = self._typed(key, value or "")
        return values

    def extension_sections(self) -> list[str]:
        """Return the sections of single extensions; refuse those that are nobody's."""
        found = [each for each in self.parser.sections() if each.startswith(f"{_OWN_SECTION}.")]
        for each in found:
            known = each.startswith(_EXTENSION_SECTION) or each == _LINT_SECTION
            if not known and not self.parser.has_option(each, "script_location"):
                raise SettingsError(
                    f"{self.file.name} has a section [{each}], which dbman does not know",
                    f"dbman's own are [{_OWN_SECTION}], [{_LINT_SECTION}] and"
                    f" [{_EXTENSION_SECTION}NAME]",
                )
        return [each for each in found if each.startswith(_EXTENSION_SECTION)]

    def extension(self, section: str) -> dict[str, object]:
        """Return what the section of an extension says, as toml would have it, by its name."""
        values: dict[str, object] = {}
        for key in self.parser[section]:
            if key in EXTENSION or key not in self.parser.defaults():
                value = self.get(section, key) or ""
                is_list = key in ("versions", "requires", "lint_ignore")
                values[key] = _listed(value) if is_list else self._typed(key, value)
        return {section.removeprefix(_EXTENSION_SECTION): values}

    def lint(self) -> dict[str, object]:
        """Return what the section of lint says, as toml would have it."""
        keys = [key for key in self.parser[_LINT_SECTION] if key not in self.parser.defaults()]
        return {key: _listed(self.get(_LINT_SECTION, key) or "") for key in keys}

    def _is_other(self, key: str) -> bool:
        """Return whether a key of [dbman] is Alembic's, or one that all sections have."""
        return (
            key in ALEMBIC
            or key in _OTHER_OPTIONS
            or key.startswith("sqlalchemy.")
            or key in self.parser.defaults()
        )

    def _typed(self, key: str, value: str) -> object:
        """Return a value of dbman's as toml would have it; one that does not fit as it is."""
        try:
            if key in ("snapshot", "cascade", "translate", "enabled"):
                return self.parser.BOOLEAN_STATES[value.lower()]
            return float(value) if key == "lock_timeout" else value
        except (KeyError, ValueError):
            return value

    def get(self, section: str, key: str) -> str | None:
        """Return an interpolated value; None if it is not there."""
        try:
            return self.parser.get(section, key, fallback=None)
        except configparser.InterpolationMissingOptionError as err:
            reason = f"names %({err.reference})s, which the file does not set"
            raise self._unreadable(section, key, reason) from err
        except configparser.InterpolationError as err:
            raise self._unreadable(section, key, "has a '%' that stands alone") from err

    def _unreadable(self, section: str, key: str, reason: str) -> SettingsError:
        """Return the error about a value that cannot be interpolated."""
        return SettingsError(
            f"{self.source(section)}: {key} {reason}", "write %% for a percent sign"
        )

    def url(self, section: str, key: str) -> str | None:
        """Return a URL as Alembic reads it; a lone ``%``, which breaks Alembic, stays as it is."""
        raw = self.parser.get(section, key, raw=True, fallback=None)
        if not raw or not _REFERENCE.search(raw):
            return raw
        here = self.file.folder.as_posix().replace("%", "%%")
        return expand(raw, {**dict(self.parser.items(section, raw=True)), "here": here})

    def split(self, section: str, value: str, legacy: str, names: tuple[str, ...]) -> list[str]:
        """Split a list of paths by the separator of the first of these names that is set."""
        for name in names:
            separator = self.get(section, name)
            if separator is None:
                continue
            if separator not in _SEPARATORS:
                raise SettingsError(
                    f"{self.source(section)}: {name} must be one of "
                    f"{', '.join(_SEPARATORS)}, not {separator!r}",
                    f"for example: {name} = os",
                )
            return _entries(value.split(_SEPARATORS[separator]))
        return _entries(re.split(legacy, value))

    def hooks(self) -> list[dict[str, str]]:
        """Return the post-write hooks, as toml would have them."""
        section = "post_write_hooks"
        options = {key: self.get(section, key) or "" for key in self.parser[section]}
        names = _entries(re.split(_LEGACY, options.get("hooks", "")))
        return [{**_below(f"{name}.", options), "name": name} for name in names]


def real_url(url: str | None) -> str | None:
    """Return a URL; None for an empty one, and for the placeholder of `alembic init`."""
    return url if url and not url.startswith(_PLACEHOLDER) else None


def expand(text: str, options: Mapping[str, str], seen: frozenset[str] = frozenset()) -> str:
    """Return text with ``%%`` and ``%(option)s`` replaced, and anything else as it stands."""

    def replaced(match: re.Match[str]) -> str:
        name = (match[1] or "").lower()
        if not name:
            return "%"
        if name in seen or name not in options:
            return match[0]
        return expand(options[name], options, seen | {name})

    return _REFERENCE.sub(replaced, text)


def _entries(parts: list[str]) -> list[str]:
    """Return the parts that name something."""
    return [part.strip() for part in parts if part.strip()]


def _listed(value: str) -> list[str]:
    """Return the words of a list, which blanks or commas separate."""
    return value.replace(",", " ").split()


def _below(start: str, options: Mapping[str, str]) -> dict[str, str]:
    """Return the options whose names begin so, under the rest of their names."""
    return {key.removeprefix(start): options[key] for key in options if key.startswith(start)}


def _count(value: str) -> object:
    """Return a whole number; anything else as it is, for the check to refuse."""
    return int(value) if value.isdecimal() else value


_CONVERT: Mapping[str, Callable[[str], object]] = {
    "script_location": str,
    "recursive_version_locations": lambda value: value == "true",
    "file_template": str,
    "timezone": str,
    "truncate_slug_length": _count,
}
"""Alembic's options of one value, and how toml would have them."""
