"""Find the mapped classes, also those that were imported before dbman looked."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from inspect import getattr_static
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.orm import Mapper


def mapped_modules(packages: Collection[str]) -> dict[Table, tuple[str, ...]]:
    """Return the modules of the classes that are mapped to each table.

    Looks at what the imported modules of these top-level packages hold, and at the classes above
    and below. A class that shares the table of the class above it does not count.
    """
    from sqlalchemy import Table, inspect

    found: dict[Table, tuple[str, ...]] = {}
    for cls in sorted(_classes(packages), key=lambda cls: (cls.__module__, cls.__qualname__)):
        mapper: Mapper[Any] | None = inspect(cls, raiseerr=False)
        if mapper is None or mapper.single or not isinstance(mapper.local_table, Table):
            continue
        modules = found.get(mapper.local_table, ())
        if cls.__module__ not in modules:
            found[mapper.local_table] = (*modules, cls.__module__)
    return found


def has_mapped(function: Any, packages: Collection[str]) -> bool:
    """Return whether a class is mapped that the body of this function defines."""
    name = f"{getattr(function, '__qualname__', '')}.<locals>."
    return any(
        cls.__module__ == getattr(function, "__module__", None)
        and cls.__qualname__.startswith(name)
        for cls in _classes(packages)
    )


def _classes(packages: Collection[str]) -> set[type]:
    """Return the classes in modules, with the declarative ones above and below them.

    This way there are found classes that live in a function, too, and no private registry is
    asked, which fails as a whole after one class that could not be mapped.
    """
    found: set[type] = set()
    waiting = [cls for module in _modules(packages) for cls in module if isinstance(cls, type)]
    while waiting:
        cls = waiting.pop()
        if cls not in found:
            found.add(cls)
            if _is_declarative(cls):
                waiting += [*cls.__mro__, *cls.__subclasses__()]
    return found


def _modules(packages: Collection[str]) -> Iterator[list[object]]:
    """Yield what the imported modules of top-level packages hold."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in packages and module is not None:
            yield list(vars(module).values())


def _is_declarative(cls: type) -> bool:
    """Return whether a class belongs to a declarative base; asks no metaclass."""
    from sqlalchemy import MetaData

    return isinstance(getattr_static(cls, "metadata", None), MetaData)
