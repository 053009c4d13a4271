"""Who owns a table: the one extension that it belongs to.

The first of these levels that answers decides, and two answers at one level are an error:

1. ``Table.info["extension"]``
2. a metadata that only one extension has, if the models of all are loaded: those that could not be,
   or were left aside, may have it too
3. the module of the mapped class: the longest match over the registered modules
4. the longest non-empty prefix
5. the extension whose loading made the table
6. the extension whose scripts make it
7. the core

A table that only a database knows is a stranger's until its prefix or a script says otherwise: for
it only 4 and 6 count.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from dbman.errors import ExtensionError, nearest
from dbman.extensions import InstalledExtension
from dbman.models import LoadedModels

if TYPE_CHECKING:
    from sqlalchemy import Table


class Ownership:
    """Tells the owner of each table."""

    def __init__(
        self,
        extensions: Sequence[InstalledExtension],
        models: LoadedModels | None = None,
        makers: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        """Take the extensions, their models if they are loaded, and who makes which table.

        `makers` returns the extension whose scripts create a table, by the table's key. It reads
        every script, so it is called only where nothing before it answers.
        """
        self._core = next((each.name for each in extensions if each.is_core), None)
        self._models = models or LoadedModels()
        self._makers = makers
        loaded = self._models.loaded_names
        self._all_loaded = all(each.name in loaded for each in extensions if each.value)
        prefixes = {each.name: each.prefix for each in extensions}
        self._prefixes = prefixes | {each.name: each.prefix for each in self._models.extensions}

    def owner_of_model(self, table: Table) -> str | None:
        """Return the owner of a table of the models, or of its copy in the joined metadata.

        None only if there is no core. Raises `ExtensionError` where two extensions have the same
        right to it, or where its `info` names no extension.
        """
        tables = self._models.tables.get(table.key, (table,))
        answers: tuple[Callable[[], Collection[str | None]], ...] = (
            lambda: {name for table in tables for name in self._says(table)},
            lambda: {name for table in tables for name in self._has_metadata(table)},
            lambda: {name for table in tables for name in self._maps(table)},
            lambda: self._has_prefix(table.key),
            lambda: {self._models.making(table.key)},
            lambda: {self._makers().get(table.key)},
        )
        return self._first(table.key, answers) or self._core

    def owner_in_database(self, name: str) -> str | None:
        """Return the owner of a table of a database, or None for a stranger's.

        `name` is its key: the name, with the schema before it if it has one, ``stock.product``.
        Raises `ExtensionError` where two extensions have the same right to it.
        """
        tables = self._models.tables.get(name)
        if tables:
            return self.owner_of_model(tables[0])
        answers = (lambda: self._has_prefix(name), lambda: {self._makers().get(name)})
        return self._first(name, answers)

    def tables(self, extension: str) -> tuple[str, ...]:
        """Return the keys of the tables that an extension owns, sorted.

        They are those of the models, and those that only scripts make.
        """
        known = sorted({*self._models.tables, *self._makers()})
        return tuple(key for key in known if self.owner_in_database(key) == extension)

    def foreign(self, table_names: Iterable[str]) -> tuple[str, ...]:
        """Return those of the tables of a database that no extension owns, in their order."""
        return tuple(name for name in table_names if self.owner_in_database(name) is None)

    def _first(
        self, key: str, answers: Iterable[Callable[[], Collection[str | None]]]
    ) -> str | None:
        """Return the first answer; raises `ExtensionError` if there are two of one level."""
        for names in answers:
            found = sorted(name for name in names() if name is not None)
            if len(found) > 1:
                raise ExtensionError(
                    f"table {key} may belong to {' or to '.join(found)}",
                    f"say whose it is in its model: Table.info['extension'] = {found[0]!r}",
                )
            if found:
                return found[0]
        return None

    def _says(self, table: Table) -> set[str]:
        """Return what the table says itself."""
        name = table.info.get("extension")
        if name is not None and name not in self._prefixes:
            raise ExtensionError(
                f"Table.info['extension'] of {table.key} names no extension: {name!r}"
                f"{nearest(str(name), self._prefixes)}",
                f"installed: {', '.join(self._prefixes)}",
            )
        return set() if name is None else {name}

    def _has_metadata(self, table: Table) -> set[str]:
        """Return the one extension that has the metadata."""
        names = self._models.having(table.metadata)
        return set(names) if len(names) == 1 and self._all_loaded else set()

    def _maps(self, table: Table) -> set[str]:
        """Return the extensions whose modules map classes to the table."""
        modules = self._models.mapped.get(table, ())
        return {name for module in modules for name in self._models.registering(module)}

    def _has_prefix(self, key: str) -> set[str]:
        """Return the extensions with the longest prefix that the name begins with."""
        name = key.rpartition(".")[2]
        fitting = [each for each in self._prefixes.values() if each and name.startswith(each)]
        longest = max(fitting, key=len, default=None)
        return {each for each, prefix in self._prefixes.items() if prefix == longest}
