"""The settings as frozen results."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import NamedTuple

from dbman.config.urls import hide_in_url, hide_password

DEFAULT = "default"
"""The source of a value that nobody set."""


class ExtensionSettings(NamedTuple):
    """What one ``[tool.dbman.extensions.NAME]`` table says."""

    models: str | None = None
    """Where its models are, for an extension without an entry point: ``poser.db.model:Base``."""
    versions: tuple[str, ...] = ()
    """Its version locations, one or a list: ``package:folder``, or paths; none means that the
    convention decides."""
    prefix: str | None = None
    """How the names of its tables begin; None means ``{name}_``, and nothing for the core."""
    requires: tuple[str, ...] | None = None
    """The extensions that it needs; None means that the extension itself says."""
    enabled: bool = True
    """Whether plans include it; its scripts stay in the graph in any case, so that its rows are no
    orphans."""
    version_table: str | None = None
    """Its version table, where that is none of the setting `version_table`; may have ``{name}`` in
    it. The extensions of OpenStack's neutron have ``alembic_version_sfc`` and the like."""
    lint_ignore: tuple[str, ...] = ()
    """The rules of `lint` that do not hold for its scripts."""


class LintSettings(NamedTuple):
    """What ``[tool.dbman.lint]`` says; rules are named by code, its beginning, name or group."""

    select: tuple[str, ...] = ()
    """The rules that hold; none named means all."""
    ignore: tuple[str, ...] = ()
    """The rules that do not."""


class PostWriteHook(NamedTuple):
    """One of Alembic's post-write hooks, run on a script that was just written."""

    name: str
    """What the settings call it."""
    options: Mapping[str, str]
    """``type``, ``entrypoint``, ``options``, ``cwd`` and the like, as Alembic has them."""


class SettingRow(NamedTuple):
    """One line of `dbman config`."""

    name: str
    """The setting; a key of a table is dotted: ``extensions.poser.prefix``."""
    value: object
    """Plain text, number, bool, None, or a list or mapping of these; passwords are hidden."""
    source: str
    """Where the value comes from: ``--url``, ``pyproject.toml [tool.dbman]``, ``default``."""


@dataclass(frozen=True)
class Settings:
    """Everything that a run is told from outside."""

    url: str | None = field(default=None, repr=False)
    """The database: a URL, or ``module:name`` of a string, a URL or a callable.

    A relative SQLite path is relative to the file it stands in, and is taken as it is: ``%20`` and
    ``?`` are part of the name. None, if nobody names one, means the application's own file.
    """
    db: Path | None = None
    """The path of a SQLite file, as given by ``--db``."""
    group: str = "dbman.extensions"
    """The group of the entry points of the extensions."""
    versions_group: str | None = None
    """A second group, whose values are ``package:folder`` of the scripts, or the module that is
    that folder.

    A name that tells nothing (``migrations``, ``alembic``, ``versions``) gives way to the package.
    """
    versions: str = "{package}:migrations"
    """Where scripts are when an extension does not say; knows ``{package}`` and ``{name}``."""
    core: str | None = None
    """The extension whose tables have no prefix; None means the only one whose prefix is empty."""
    version_table: str = "alembic_version"
    """The version table; with ``{name}`` in it each extension has one of its own."""
    scratch_url: str = field(default="sqlite://", repr=False)
    """Where scratch databases are made: in memory, in the folder of a file, or on a server."""
    lock: str = "auto"
    """How movers keep out of each other's way: ``auto``, ``row`` or ``none``."""
    lock_timeout: float = 30.0
    """How long to wait for another mover, in seconds."""
    snapshot: bool = True
    """Whether a scratch database in memory may be kept (Snapshots, below) and used again."""
    cascade: bool = True
    """Whether the children of rows that a script deletes go the way of their ON DELETE on SQLite,
    where foreign keys are off while a migration runs.

    They are counted; ``false`` makes such a migration fail.
    """
    translate: bool = True
    """Whether on SQLite what was written for another database is rerouted, translated or passed
    over, and counted; ``false`` runs every script as it is written."""
    require_depends_on: bool = True
    """Whether `verify` asks that scripts declare by ``depends_on`` what they need of other
    extensions; with ``false`` what they imply counts as well."""
    verify_ignore: tuple[str, ...] = ()
    """What `verify` finds and is meant so: patterns of what its units are called,
    ``poser::ae1027a6acf* rows``."""
    bootstrap: str | None = None
    """The schema as it was before the first revision, run on an empty database:
    ``module:callable``, called with the connection, or a file ending in ``.sql``."""
    context: str | None = None
    """A context manager, ``module:name``, that is entered around a run: a Flask application
    context, say."""
    script_template: str | None = None
    """The Mako template of new scripts: a path relative to this file, or ``package:file``; None
    means the nearest ``script.py.mako``."""
    environment: Mapping[str, object] = field(default_factory=dict)
    """A table that goes on to Alembic's `context.configure`; callables as ``module:function``."""
    extensions: Mapping[str, ExtensionSettings] = field(default_factory=dict)
    """A table for each extension, by its name."""
    lint: LintSettings = field(default_factory=LintSettings)
    """Which rules of `lint` hold."""
    script_location: str | None = None
    """Alembic's script folder: a path or ``package:folder``."""
    version_locations: tuple[str, ...] = ()
    """Alembic's version locations, split as Alembic splits them."""
    recursive: bool = False
    """Whether Alembic reads version locations recursively."""
    prepend_sys_path: tuple[str, ...] = ()
    """What Alembic puts at the front of `sys.path`."""
    file_template: str | None = None
    """How the files of new scripts are named; None means Alembic's way."""
    timezone: str | None = None
    """The time zone of Create Date; None means local time."""
    truncate_slug_length: int = 40
    """How many characters of the message the file name of a new script takes."""
    post_write_hooks: tuple[PostWriteHook, ...] = ()
    """What is run on a script that was just written, in order."""
    file: Path | None = None
    """The settings file that was read, absolute; None if there was none."""
    folder: Path = field(default_factory=Path.cwd)
    """What relative paths are relative to: the folder of `file`, else the current folder."""
    is_ini: bool = False
    """Whether `file` is Alembic's own configuration: an ini, or only ``[tool.alembic]``."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Where each value comes from, by the name that its row has; no entry means the default."""
    x: tuple[str, ...] = ()
    """What ``-x key=value`` hands to `context.get_x_argument`."""

    def version_table_of(self, name: str) -> str:
        """Return the version table of an extension; ``networking-sfc`` counts as an identifier."""
        own = self.extensions.get(name)
        template = (own and own.version_table) or self.version_table
        return template.replace("{name}", re.sub(r"\W", "_", name))

    def at_scratch(self, url: str | None) -> Settings:
        """Return the settings with the scratch URL of ``--scratch-url``; as they are for None."""
        if url is None:
            return self
        sources = {**self.sources, "scratch_url": "--scratch-url"}
        return replace(self, scratch_url=url, sources=sources)

    @property
    def scratch_option(self) -> str:
        """Return `` --scratch-url URL`` to be said again, without a password; else nothing."""
        if self.sources.get("scratch_url") != "--scratch-url":
            return ""
        return f" --scratch-url {shlex.quote(hide_password(self.scratch_url))}"

    def rows(self) -> tuple[SettingRow, ...]:
        """Return every setting with its value and source, passwords hidden.

        One row per setting in the order of the fields, one per key that is set of
        `environment` and of each table of `extensions`.
        """
        return tuple(
            SettingRow(name, _plain(value, name), self.sources.get(name, DEFAULT))
            for name, value in self._leaves()
        )

    def _leaves(self) -> Iterator[tuple[str, object]]:
        """Yield dotted names and values."""
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name == "extensions":
                for name, extension in value.items():
                    yield from self._keys_set(f"extensions.{name}", extension)
            elif each.name == "lint":
                yield from ((f"lint.{key}", item) for key, item in value._asdict().items())
            elif each.name == "environment":
                yield from ((f"environment.{name}", item) for name, item in value.items())
            elif each.name not in ("file", "folder", "is_ini", "sources"):
                yield each.name, value

    def _keys_set(self, path: str, extension: ExtensionSettings) -> Iterator[tuple[str, object]]:
        """Yield what was set of one extension: values that say nothing are no news."""
        for key, value in extension._asdict().items():
            if f"{path}.{key}" in self.sources:
                yield f"{path}.{key}", value


_URLS = ("url", "scratch_url")


def _plain(value: object, name: str = "") -> object:
    """Return a value as JSON knows it, without passwords."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, PostWriteHook):
        return {"name": value.name, **value.options}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return hide_in_url(str(value)) if name in _URLS else hide_password(str(value))
