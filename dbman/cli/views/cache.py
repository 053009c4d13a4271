"""What is kept between runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dbman.cli.render import Page, Styled, Table

if TYPE_CHECKING:
    from dbman.store import Entry, Store


def cache_page(store: Store) -> Page:
    """Return each file: its size and when it was used last."""
    entries = store.entries()
    rows = [(each.path.name, _size(each.size), Styled(_when(each), "dim")) for each in entries]
    hint = "`dbman cache clear` takes it away" if entries else None
    data = {**_data(store, entries), "limit": store.limit, "most": store.most}
    return Page(data, [Table(rows)], said=[_summary(store, entries)], hint=hint)


def cleared_page(store: Store, gone: Sequence[Entry]) -> Page:
    """Return what was taken away."""
    return Page({**_data(store, gone), "cleared": True}, said=[f"cleared: {_summary(store, gone)}"])


def _data(store: Store, entries: Sequence[Entry]) -> dict[str, Any]:
    files = [{"file": str(each.path), "size": each.size, "used": _when(each)} for each in entries]
    return {"folder": str(store.folder), "files": files}


def _summary(store: Store, entries: Sequence[Entry]) -> str:
    number = len(entries)
    what = "1 file" if number == 1 else f"{number} files"
    return f"{what}, {_size(sum(each.size for each in entries))}, in {store.folder}"


def _size(size: int) -> str:
    return f"{size / 1024:.0f} KiB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MiB"


def _when(entry: Entry) -> str:
    return datetime.fromtimestamp(entry.used).isoformat(" ", "seconds")
