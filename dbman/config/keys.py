"""Every key that a setting may have, with its check and an example: one line per key.

To add a key, add a line here and a field to `Settings`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from dbman.config.settings import PostWriteHook
from dbman.config.urls import hide_password
from dbman.errors import SettingsError, nearest


class Layer(NamedTuple):
    """What one place says, checked."""

    source: str
    """The place: ``DBMAN_URL``, ``pyproject.toml [tool.dbman]``."""
    values: Mapping[str, object]
    """Field of `Settings` -> value; of `environment` and `extensions` the tables."""


class Unfit(ValueError):
    """A value does not fit its key; the text says what it must be."""


class Key(NamedTuple):
    """What one key may hold."""

    check: Callable[[object], object]
    """Returns the value as `Settings` holds it, or raises `Unfit`."""
    example: str
    """A value as toml has it."""


def text(value: object) -> str:
    """Take a text that is not empty."""
    if isinstance(value, str) and value.strip():
        return value
    raise Unfit("a text that is not empty")


def prefix(value: object) -> str:
    """Take a text; an empty one is the core's."""
    if isinstance(value, str):
        return value
    raise Unfit("a text")


def texts(value: object) -> tuple[str, ...]:
    """Take one text, or a list of them."""
    values = value if isinstance(value, list | tuple) else [value]
    if all(isinstance(item, str) and item.strip() for item in values):
        return tuple(values)
    raise Unfit("a text or a list of texts, none of them empty")


def file_path(value: object) -> Path:
    """Take a path as it is."""
    if isinstance(value, Path) or (isinstance(value, str) and value):
        return Path(value)
    raise Unfit("a path")


def boolean(value: object) -> bool:
    """Take true or false."""
    if isinstance(value, bool):
        return value
    raise Unfit("true or false")


def count(value: object) -> int:
    """Take a whole number of at least 1."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise Unfit("a whole number of at least 1")


def seconds(value: object) -> float:
    """Take a number of seconds."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf:
        return float(value)
    raise Unfit("a number of seconds")


def reference(value: object) -> str:
    """Take ``module:name``."""
    if isinstance(value, str) and re.fullmatch(r"\w+(\.\w+)*:\w+(\.\w+)*", value):
        return value
    raise Unfit("'module:name'")


def bootstrap(value: object) -> str:
    """Take ``module:callable``, or the path of an SQL file."""
    if isinstance(value, str) and value.endswith(".sql"):
        return value
    try:
        return reference(value)
    except Unfit:
        raise Unfit("'module:callable' or a file that ends in .sql") from None


def lock(value: object) -> str:
    """Take one of the kinds of lock."""
    if isinstance(value, str) and value in ("auto", "row", "none"):
        return value
    raise Unfit("'auto', 'row' or 'none'")


def version_table(value: object) -> str:
    """Take a plain identifier that may have ``{name}`` in it."""
    if isinstance(value, str) and re.fullmatch(
        r"[A-Za-z_]\w*", value.replace("{name}", "name"), re.ASCII
    ):
        return value
    raise Unfit("a plain identifier, in which only {name} is replaced")


def versions(value: object) -> str:
    """Take a location that may have ``{package}`` and ``{name}`` in it."""
    if not re.search(r"[{}]", re.sub(r"\{(package|name)\}", "", text(value))):
        return text(value)
    raise Unfit("a location in which only {package} and {name} are replaced")


def table(value: object) -> Mapping[str, object]:
    """Take a table."""
    if isinstance(value, Mapping):
        return value
    raise Unfit("a table")


def hooks(value: object) -> tuple[PostWriteHook, ...]:
    """Take a list of tables of texts, each with a name."""
    if isinstance(value, list) and all(map(_is_hook, value)):
        return tuple(
            PostWriteHook(each["name"], {key: each[key] for key in each if key != "name"})
            for each in value
        )
    raise Unfit("a list of tables of texts, each with a name")


def _is_hook(value: object) -> bool:
    """Return whether this is a table of texts with a name."""
    return (
        isinstance(value, Mapping)
        and "name" in value
        and all(isinstance(item, str) for item in value.values())
    )


PLAIN: Mapping[str, Key] = {
    "url": Key(text, '"sqlite:///acme.db"'),
    "group": Key(text, '"dbman.extensions"'),
    "versions_group": Key(text, '"acme.alembic"'),
    "versions": Key(versions, '"{package}:migrations"'),
    "core": Key(text, '"acme"'),
    "version_table": Key(version_table, '"{name}_alembic_version"'),
    "scratch_url": Key(text, '"sqlite://"'),
    "lock": Key(lock, '"auto"'),
    "lock_timeout": Key(seconds, "30"),
    "snapshot": Key(boolean, "true"),
    "cascade": Key(boolean, "true"),
    "translate": Key(boolean, "true"),
    "require_depends_on": Key(boolean, "true"),
    "bootstrap": Key(bootstrap, '"acme.schema:create"'),
    "context": Key(reference, '"acme.app:context"'),
    "script_template": Key(text, '"acme:templates/script.py.mako"'),
}
"""The keys of one value that dbman's own settings have, in toml or the ini section [dbman]."""

OWN: Mapping[str, Key] = {
    **PLAIN,
    "environment": Key(table, '{ include_object = "acme.db:include_object" }'),
    "extensions": Key(table, '{ poser = { models = "poser.db:Base" } }'),
    "verify_ignore": Key(texts, '["poser::ae1027a6acf* rows"]'),
    "lint": Key(table, '{ ignore = ["DBM301"] }'),
}
"""All keys of ``dbman.toml``, of ``[tool.dbman]``."""

EXTENSION: Mapping[str, Key] = {
    "models": Key(text, '"poser.db.model:Base"'),
    "versions": Key(texts, '"poser.db:alembic/versions"'),
    "prefix": Key(prefix, '"poser_"'),
    "requires": Key(texts, '["acme"]'),
    "enabled": Key(boolean, "false"),
    "version_table": Key(version_table, '"alembic_version_poser"'),
    "lint_ignore": Key(texts, '["DBM201"]'),
}
"""The keys of ``[tool.dbman.extensions.NAME]``."""

LINT: Mapping[str, Key] = {
    "select": Key(texts, '["manners", "DBM301"]'),
    "ignore": Key(texts, '["docstring-missing"]'),
}
"""The keys of ``[tool.dbman.lint]``."""

ALEMBIC: Mapping[str, Key] = {
    "script_location": Key(text, '"%(here)s/alembic"'),
    "version_locations": Key(texts, '["%(here)s/alembic/versions"]'),
    "recursive_version_locations": Key(boolean, "true"),
    "prepend_sys_path": Key(texts, '["."]'),
    "file_template": Key(text, '"%%(rev)s_%%(slug)s"'),
    "timezone": Key(text, '"UTC"'),
    "truncate_slug_length": Key(count, "40"),
    "post_write_hooks": Key(hooks, '[{ name = "ruff", type = "module", module = "ruff" }]'),
}
"""The keys of Alembic's own settings that dbman reads."""

GIVEN: Mapping[str, Key] = {
    **OWN,
    **ALEMBIC,
    "db": Key(file_path, '"acme.db"'),
    "x": Key(texts, '["tenant=acme"]'),
}
"""Everything that flags and host applications may give."""

_SET_BY_DBMAN = {
    "connection",
    "url",
    "dialect_name",
    "as_sql",
    "fn",
    "target_metadata",
    "transactional_ddl",
    "transaction_per_migration",
    "version_table",
    "version_table_schema",
    "version_table_pk",
}
"""What `EnvironmentContext.configure` takes from dbman alone."""


def checked(values: Mapping[str, object], known: Mapping[str, Key], source: str) -> Layer:
    """Return what one place says, as the fields of `Settings` hold it.

    Raises `SettingsError` for an unknown key, naming the nearest, and for a value that does not
    fit; the message begins with the source.
    """
    fields = _fields(values, known, source)
    if "recursive_version_locations" in fields:
        fields["recursive"] = fields.pop("recursive_version_locations")
    for key in sorted(_SET_BY_DBMAN.intersection(fields.get("environment", ()))):
        raise SettingsError(
            f"{source}: environment.{key} is set by dbman itself",
            "remove it; the settings url and version_table say which database and version table",
        )
    if "lint" in fields:
        fields["lint"] = _fields(fields["lint"], LINT, source, "lint")
    if "extensions" in fields:
        fields["extensions"] = {
            name: _extension(name, value, source) for name, value in fields["extensions"].items()
        }
    return Layer(source, fields)


def _extension(name: str, value: object, source: str) -> dict[str, Any]:
    """Return the table of one extension, checked."""
    where = f"extensions.{name}"
    inside = _fitting(Key(table, "{ enabled = false }"), value, source, where)
    return _fields(inside, EXTENSION, source, where)


def _fields(
    values: Mapping[str, object], known: Mapping[str, Key], source: str, where: str = ""
) -> dict[str, Any]:
    """Return the values of one table, each checked by its key."""
    for key in values:
        if key not in known:
            inside = f" in {where}" if where else ""
            raise SettingsError(
                f"{source}: unknown key {key!r}{inside}{nearest(key, known)}",
                f"known keys: {', '.join(known)}",
            )
    start = f"{where}." if where else ""
    return {key: _fitting(known[key], value, source, start + key) for key, value in values.items()}


def _fitting(key: Key, value: object, source: str, name: str) -> Any:
    """Return the value as its key takes it."""
    try:
        return key.check(value)
    except Unfit as err:
        shown = hide_password(repr(value))
        raise SettingsError(
            f"{source}: {name} must be {err}, not {shown}", f"for example: {name} = {key.example}"
        ) from err
