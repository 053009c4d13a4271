"""The commands that say what can be relied on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbman.config import SettingRow
from dbman.manager.base import ManagerBase

if TYPE_CHECKING:
    from dbman.cache import Store


class TrustCommands(ManagerBase):
    """Say what the settings are, and what is kept between runs."""

    def config(self) -> tuple[SettingRow, ...]:
        """Return every setting with its value and where that comes from."""
        return self.settings.rows()

    def cache(self) -> Store:
        """Return the snapshots of scratch databases: `entries` lists them, `clear` removes them."""
        from dbman.cache import snapshot_store

        return snapshot_store()
