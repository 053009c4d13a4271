"""Set what is missing in a toml file; whatever else stands there stays, comments too."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbman.errors import SettingsError


@dataclass(frozen=True)
class Missing:
    """One value that a toml file lacks."""

    path: tuple[str, ...]
    """Its keys, from the top."""
    value: str
    """The value; where an array is, it becomes its last item."""

    def __str__(self) -> str:
        """Return it as one line of toml."""
        return f"{'.'.join(quoted_key(each) for each in self.path)} = {quoted(self.value)}"


def quoted(text: str) -> str:
    """Return text as a literal that means the same in toml and in Python."""
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def quoted_key(text: str) -> str:
    """Return text as a key of toml, bare where it may be."""
    is_bare = text.isascii() and text.replace("-", "").replace("_", "").isalnum()
    return text if is_bare else quoted(text)


def read_toml(file: Path) -> tuple[str, dict[str, Any]]:
    """Return the text of a toml file and what it means; `SettingsError` if it cannot be read."""
    try:
        text = file.read_bytes().decode()
        if text.startswith("\ufeff"):
            raise SettingsError(
                f"{file} begins with a byte order mark, and pip cannot read it",
                "save it as UTF-8 without one",
            )
        return text, tomllib.loads(text)
    except OSError as err:
        raise SettingsError(f"cannot read {file}: {err.strerror}") from err
    except ValueError as err:
        raise SettingsError(f"{file} is not valid TOML: {err}", "correct the file") from err


def with_missing(file: Path, text: str, missing: Sequence[Missing]) -> str:
    """Return the text of a toml file with values added.

    Raises `SettingsError` where they cannot be, or where anything else would change its meaning.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    wanted = tomllib.loads(text)
    try:
        document: Any = tomlkit.parse(text.replace("\r\n", "\n"))
        for each in missing:
            _set(document, each, tomlkit.table)
            _set(wanted, each)
        after = tomlkit.dumps(document)
        if not text.endswith("\n\n"):
            after = after.rstrip("\n") + "\n"
        is_right = tomllib.loads(after) == wanted
    except (TOMLKitError, ValueError, TypeError, AttributeError, KeyError) as err:
        raise _by_hand(file, missing) from err
    if not is_right:
        raise _by_hand(file, missing)
    return after.replace("\n", "\r\n") if "\r\n" in text else after


def _set(document: Any, missing: Missing, new_table: Callable[..., Any] | None = None) -> None:
    """Set a value in a document of tomlkit, or in plain dictionaries; a new table is set apart."""
    *path, last = missing.path
    table, is_new = document, False
    for depth, key in enumerate(path, 1):
        if key not in table:
            table[key] = new_table(is_super_table=depth < len(path)) if new_table else {}
            is_new = True
        table = table[key]
    if isinstance(table.get(last), list):
        table[last].append(missing.value)
        return
    table[last] = missing.value
    if is_new and new_table:
        import tomlkit

        table.add(tomlkit.nl())


def _by_hand(file: Path, missing: Sequence[Missing]) -> SettingsError:
    lines = "; ".join(str(each) for each in missing)
    return SettingsError(f"{file} cannot be edited without changing more", f"add by hand: {lines}")
