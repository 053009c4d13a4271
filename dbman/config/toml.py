"""The toml forms: ``dbman.toml``, ``[tool.dbman]``, and Alembic's own ``[tool.alembic]``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

from dbman.config.files import SettingsFile
from dbman.config.keys import ALEMBIC, OWN, PLAIN, Layer, checked
from dbman.errors import SettingsError

PYPROJECT = "pyproject.toml"


def read_toml(file: SettingsFile) -> Mapping[str, object]:
    """Return the whole document; `SettingsError` if it is no toml, with the line."""
    try:
        return tomllib.loads(file.text())
    except tomllib.TOMLDecodeError as err:
        raise SettingsError(f"{file.name} is not valid TOML: {err}", "correct the file") from err


def own_layer(file: SettingsFile, document: Mapping[str, object]) -> Layer | None:
    """Return dbman's own settings; None for a ``pyproject.toml`` that has none.

    A ``dbman.toml`` may have its keys at the top or under ``[tool.dbman]``, but not in both.
    """
    table = _tool(file, document, "dbman")
    top = {key: value for key, value in document.items() if key != "tool"}
    if file.path.name == PYPROJECT or (table is not None and not top):
        return None if table is None else checked(table, OWN, f"{file.name} [tool.dbman]")
    if table is not None:
        raise SettingsError(
            f"{file.name}: keys stand at the top ({', '.join(top)}) and under [tool.dbman]",
            "move them all to one place",
        )
    return checked(document, OWN, file.name)


def alembic_layer(file: SettingsFile, document: Mapping[str, object]) -> Layer | None:
    """Return Alembic's settings under ``[tool.alembic]``; None without such a table.

    A `sqlalchemy.url` counts, which Alembic itself reads in its ini alone.
    """
    table = _tool(file, document, "alembic")
    if table is None:
        return None
    source = f"{file.name} [tool.alembic]"
    known = {
        key: _interpolated(value, file.here, f"{source}: {key}")
        for key, value in table.items()
        if key in ALEMBIC
    }
    if url := _url(table, file.here):
        known["url"] = url
    return checked(known, {**ALEMBIC, **PLAIN}, source)


def _url(table: Mapping[str, object], here: str) -> str | None:
    """Return ``sqlalchemy.url``, quoted or as the dotted key that toml makes a table of."""
    inner = table.get("sqlalchemy")
    url = table.get("sqlalchemy.url", inner.get("url") if isinstance(inner, dict) else None)
    if not isinstance(url, str):
        return None
    from dbman.config.ini import expand, real_url  # hardly any toml has Alembic's

    return real_url(expand(url, {"here": here.replace("%", "%%")}))


def _tool(
    file: SettingsFile, document: Mapping[str, object], name: str
) -> Mapping[str, object] | None:
    """Return the table ``[tool.NAME]``."""
    tool = document.get("tool")
    table = tool.get(name) if isinstance(tool, dict) else None
    if table is None or isinstance(table, dict):
        return table
    raise SettingsError(f"{file.name}: tool.{name} must be a table", f"write [tool.{name}]")


def _interpolated(value: object, here: str, where: str) -> object:
    """Replace ``%(here)s`` and ``%%`` in all texts, as Alembic does."""
    if isinstance(value, list):
        return [_interpolated(item, here, where) for item in value]
    if isinstance(value, dict):
        return {key: _interpolated(item, here, where) for key, item in value.items()}
    if not isinstance(value, str):
        return value
    try:
        return value % {"here": here}
    except (KeyError, TypeError, ValueError) as err:
        raise SettingsError(
            f"{where} has a '%' that Alembic cannot read: {value}",
            "write %% for a percent sign; only %(here)s is replaced",
        ) from err
