"""What is known of the models once they are imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from dbman.errors import Problem
from dbman.extensions import InstalledExtension

if TYPE_CHECKING:
    from sqlalchemy import MetaData, Table


@dataclass(frozen=True)
class LoadedExtension:
    """The models of one extension."""

    extension: InstalledExtension
    """The extension as discovery found it."""
    prefix: str
    """How the names of its tables begin; only the imported `Extension` may tell."""
    requires: tuple[str, ...] = ()
    """The names of the extensions that it needs; only the imported `Extension` may tell."""
    metadata: tuple[MetaData, ...] = ()
    """The metadata that hold its tables, and maybe those of others."""
    tables: tuple[str, ...] = ()
    """The keys of the tables that its loading made, in order; after a failure some of them."""
    seed: Callable[..., object] | None = None
    """Puts in the first rows."""
    problem: Problem | None = None
    """Why its models could not be loaded."""

    @property
    def name(self) -> str:
        """The name of the extension."""
        return self.extension.name


@dataclass(frozen=True)
class LoadedModels:
    """The models of all extensions that have some, in the order in which they were loaded."""

    extensions: tuple[LoadedExtension, ...] = ()
    """Those that have models, also where loading them failed; not those left aside."""
    registered: Mapping[str, str] = field(default_factory=dict)
    """The module of the models of each extension, also of those that were left aside."""
    mapped: Mapping[Table, tuple[str, ...]] = field(default_factory=dict)
    """The modules of the classes that are mapped to a table."""
    problems: tuple[Problem, ...] = ()
    """Models that cannot be loaded or joined, and foreign keys to tables that nobody defines."""

    @property
    def loaded_names(self) -> frozenset[str]:
        """The names of the extensions whose models are loaded."""
        return frozenset(each.name for each in self.extensions if each.problem is None)

    @cached_property
    def metadata(self) -> tuple[MetaData, ...]:
        """Every metadata once, in the order of the extensions."""
        found = {id(each): each for loaded in self.extensions for each in loaded.metadata}
        return tuple(found.values())

    @cached_property
    def tables(self) -> Mapping[str, tuple[Table, ...]]:
        """The tables by key; several where several metadata have that key."""
        found: dict[str, tuple[Table, ...]] = {}
        for metadata in self.metadata:
            for key, table in metadata.tables.items():
                found[key] = (*found.get(key, ()), table)
        return found

    def having(self, metadata: MetaData) -> tuple[str, ...]:
        """Return the names of the extensions that have a metadata."""
        return self._havers.get(id(metadata), ())

    def making(self, key: str) -> str | None:
        """Return the name of the first extension whose loading made a table, or None."""
        return self._makers.get(key)

    def registering(self, module: str) -> tuple[str, ...]:
        """Return the names of the extensions that register a module: the longest match.

        An extension registers the module of its entry point with all that is below, and the
        packages above it as far as no other extension is in them.
        """
        while module and module not in self._homes:
            module = module.rpartition(".")[0]
        return self._homes.get(module, ())

    def foreign_keys(self) -> frozenset[tuple[str, str]]:
        """Return which extensions refer to tables of which others, as far as models tell.

        Each pair is the extension that has the foreign key and the one that it refers to.
        """
        from sqlalchemy.exc import InvalidRequestError

        pairs = set()
        for table in (each for tables in self.tables.values() for each in tables):
            for foreign_key in table.foreign_keys:
                try:
                    target = foreign_key.target_fullname.rpartition(".")[0]
                except InvalidRequestError:
                    continue
                pairs.add((self.holder(table.key), self.holder(target)))
        return frozenset((one, other) for one, other in pairs if one and other and one != other)

    def holder(self, key: str) -> str | None:
        """Return the extension that a table seems to be of, or None; `Ownership` knows better.

        This never fails, nor has it the last word: what a table says itself, then its mapped
        class, the extension whose loading made it, and its metadata.
        """
        makers = (self.making(key),)
        for table in self.tables.get(key, ()):
            modules = self.mapped.get(table, ())
            says = table.info.get("extension")
            for names in (
                (says,),
                *(self.registering(module) for module in modules),
                makers,
                self.having(table.metadata),
            ):
                if len(names) == 1 and names[0]:
                    return names[0]
        return makers[0]

    @cached_property
    def _makers(self) -> Mapping[str, str]:
        """Return the first extension whose loading made each table."""
        return {key: each.name for each in reversed(self.extensions) for key in each.tables}

    @cached_property
    def _havers(self) -> Mapping[int, tuple[str, ...]]:
        """Return the extensions that have each metadata, by its identity."""
        found: dict[int, list[str]] = {}
        for loaded in self.extensions:
            for number in dict.fromkeys(map(id, loaded.metadata)):
                found.setdefault(number, []).append(loaded.name)
        return {number: tuple(names) for number, names in found.items()}

    @cached_property
    def _homes(self) -> Mapping[str, tuple[str, ...]]:
        """Return the extensions of each registered module and of the packages above it."""
        homes: dict[str, tuple[str, ...]] = {}
        above: dict[str, set[str]] = {}
        for name, module in self.registered.items():
            homes[module] = (*homes.get(module, ()), name)
            while module := module.rpartition(".")[0]:
                above.setdefault(module, set()).add(name)
        alone = {module: tuple(names) for module, names in above.items() if len(names) == 1}
        return {**alone, **homes}
