"""Import the models that the values of the entry points name."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from dbman.errors import ExtensionError, Problem
from dbman.extensions import Extension, InstalledExtension
from dbman.extensions.contract import default_prefix
from dbman.extensions.foreign import foreign_code, import_value
from dbman.models.joined import dangling, joined_metadata
from dbman.models.mapped import has_mapped, mapped_modules
from dbman.models.results import LoadedExtension, LoadedModels
from dbman.progress import NullProgress, Progress, counted

if TYPE_CHECKING:
    from sqlalchemy import MetaData, Table

_HINT = "it should name an Extension, a MetaData, a declarative base or their module"


def load(
    extensions: Sequence[InstalledExtension],
    *,
    strict: bool = False,
    progress: Progress | None = None,
) -> LoadedModels:
    """Import the models of the extensions in their order, which is the core first.

    Extensions that are disabled, skipped or have no models are passed over. What cannot be loaded
    is told in `problems`, and the others go on; with `strict` the first problem is raised as an
    `ExtensionError`.
    """
    loader = _Loader({each.package for each in extensions if each.package}, strict)
    wanted = [each for each in extensions if each.value and each.enabled and not each.skipped]
    told = counted(progress or NullProgress(), "importing models", wanted, lambda each: each.name)
    models = LoadedModels(
        extensions=tuple(loader.load(each) for each in told),
        registered={each.name: _module(each.value) for each in extensions if each.value},
        mapped=mapped_modules(loader.packages),
    )
    problems = [each.problem for each in models.extensions if each.problem]
    try:
        problems += dangling(models, joined_metadata(models))
    except ExtensionError as err:
        if strict:
            raise
        problems.append(Problem(err.message, err.hint))
    if strict and problems:
        raise ExtensionError(problems[0].message, problems[0].hint)
    return replace(models, problems=tuple(problems))


@dataclass
class _Loader:
    """Loads one extension after the other."""

    packages: Collection[str]
    """The top-level packages of all extensions."""
    strict: bool
    namespace: object = field(default_factory=SimpleNamespace)
    """What callables define models into: the module of the core's models, or what stands for it."""
    core: tuple[MetaData, ...] = ()
    """The metadata of the core."""

    def load(self, extension: InstalledExtension) -> LoadedExtension:
        """Return the models of one extension, or why it has none."""
        value = extension.value or ""
        loaded = LoadedExtension(extension, extension.prefix, extension.requires)
        with _tables_made() as made:
            try:
                found = import_value(value, extension)
                with foreign_code(extension, f"cannot use {value}"):
                    loaded = self._use(found, loaded, made)
            except ExtensionError as err:
                if self.strict:
                    raise
                keys = tuple(table.key for table in made)
                problem = Problem(err.message, err.hint, extension.name)
                return replace(loaded, tables=keys, problem=problem)
        if extension.is_core:
            self.namespace, self.core = _namespace(found), loaded.metadata
        return replace(loaded, tables=tuple(table.key for table in _remember(value, made)))

    def _use(self, found: object, loaded: LoadedExtension, made: list[Table]) -> LoadedExtension:
        """Return what the value of an entry point comes to."""
        value = loaded.extension.value or ""
        held = _held(found) if isinstance(found, ModuleType) else found
        if isinstance(held, Extension):
            loaded = _with_words(loaded, held)
        own = _metadata_of(held)
        if own is not None:
            return replace(loaded, metadata=(own,))
        was_called = isinstance(held, Extension | ModuleType) or self._call(held, loaded.extension)
        metadata = self._metadata_in(_module(value)) or _metadata([*_remembered(value), *made])
        if not metadata and not was_called:
            metadata = list(self.core)
        if not metadata and not isinstance(held, Extension):
            raise ExtensionError(f"{loaded.extension.title}: {value} holds no models", _HINT)
        return replace(loaded, metadata=tuple(metadata))

    def _call(self, function: object, extension: InstalledExtension) -> bool:
        """Let a callable define its models; False if it had: the core may load them itself."""
        from sqlalchemy.exc import InvalidRequestError

        value = extension.value or ""
        if not callable(function) or isinstance(function, type):
            kind = type(function).__name__
            raise ExtensionError(f"{extension.title}: {value} is of type {kind}", _HINT)
        if _is_remembered(value) or has_mapped(function, self.packages):
            return False
        try:
            function(self.namespace)
        except InvalidRequestError as err:
            if "already defined" not in str(err):
                raise
            return False
        return True

    def _metadata_in(self, module: str) -> list[MetaData]:
        """Return the metadata of the classes that a module, or one below it, maps."""
        return _metadata(
            table
            for table, modules in mapped_modules(self.packages).items()
            if any(f"{each}.".startswith(f"{module}.") for each in modules)
        )


def _module(value: str) -> str:
    """Return the module that the value of an entry point names."""
    return value.partition(":")[0]


def _held(module: ModuleType) -> object:
    """Return the `extension`, `metadata` or `Base` of a module, else the module itself."""
    for name in ("extension", "metadata", "Base"):
        held = getattr(module, name, None)
        if isinstance(held, Extension) or _metadata_of(held) is not None:
            return held
    return module


def _metadata_of(found: object) -> MetaData | None:
    """Return the metadata that an object is or has, as a declarative base or an `Extension` has."""
    from sqlalchemy import MetaData

    if isinstance(found, MetaData):
        return found
    if isinstance(found, Extension):
        return _metadata_of(found.base if found.metadata is None else found.metadata)
    metadata = getattr(found, "metadata", None)
    return metadata if isinstance(metadata, MetaData) else None


def _namespace(core: object) -> object:
    """Return what callables define models into: the core's module, or its base and metadata."""
    if isinstance(core, ModuleType):
        return core
    base = core.base if isinstance(core, Extension) else core if isinstance(core, type) else None
    held = {"Base": base, "metadata": _metadata_of(core)}
    return SimpleNamespace(**{name: each for name, each in held.items() if each is not None})


def _with_words(loaded: LoadedExtension, says: Extension) -> LoadedExtension:
    """Return the result with what the imported `Extension` says where nothing else said it."""
    installed = loaded.extension
    unsaid = "" if installed.is_core else default_prefix(installed.name)
    prefix = says.prefix if installed.prefix == unsaid else None
    return replace(
        loaded,
        prefix=installed.prefix if prefix is None else prefix,
        requires=installed.requires or tuple(says.requires),
        seed=says.seed,
    )


def _metadata(tables: Iterable[Table]) -> list[MetaData]:
    """Return the metadata of tables, each once."""
    return list({id(table.metadata): table.metadata for table in tables}.values())


@contextmanager
def _tables_made() -> Iterator[list[Table]]:
    """Collect the tables that are defined meanwhile, in any metadata."""
    from sqlalchemy import Table, event

    made: list[Table] = []

    def note(table: Table, _metadata: MetaData) -> None:
        made.append(table)

    event.listen(Table, "after_parent_attach", note)
    try:
        yield made
    finally:
        event.remove(Table, "after_parent_attach", note)


_MADE: WeakKeyDictionary[ModuleType, dict[str, list[Table]]] = WeakKeyDictionary()
"""What the loading of each value made, by its module: a second load in a process makes nothing."""


def _remember(value: str, made: list[Table]) -> list[Table]:
    """Return what the loading of a value made, now or at an earlier time in this process."""
    module = sys.modules[_module(value)]
    tables = _MADE.setdefault(module, {}).setdefault(value, [])
    tables += made
    return tables


def _remembered(value: str) -> list[Table]:
    """Return what an earlier loading of a value made."""
    return _MADE.get(sys.modules[_module(value)], {}).get(value, [])


def _is_remembered(value: str) -> bool:
    """Return whether a value was loaded before in this process."""
    return value in _MADE.get(sys.modules[_module(value)], {})
