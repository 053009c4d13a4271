"""Tell which table is made, while all of them are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dbman.progress import Progress, looking

if TYPE_CHECKING:
    from sqlalchemy import Table


@contextmanager
def telling(progress: Progress, tables: Collection[Table]) -> Iterator[None]:
    """Tell each of these tables when it is made inside the block."""
    from sqlalchemy import event

    def tell(table: Table, *_: Any, **__: Any) -> None:
        progress.looked(table.name)

    for each in tables:
        event.listen(each, "before_create", tell)
    try:
        with looking(progress, "making tables", len(tables)):
            yield
    finally:
        for each in tables:
            event.remove(each, "before_create", tell)
