"""The commands that say what can be relied on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbman.config import SettingRow
from dbman.manager.base import ManagerBase

if TYPE_CHECKING:
    from dbman.cache import Store
    from dbman.drift import Check


class TrustCommands(ManagerBase):
    """Say whether migrations can be relied on, what the settings are, and what is kept."""

    def check(self, *names: str, scratch_url: str | None = None) -> Check:
        """Return whether the migrations build the models; `matches` is the answer."""
        from dbman.drift import check

        return check(self.scene, names, scratch_url=scratch_url)

    def config(self) -> tuple[SettingRow, ...]:
        """Return every setting with its value and where that comes from."""
        return self.settings.rows()

    def cache(self) -> Store:
        """Return the snapshots of scratch databases: `entries` lists them, `clear` removes them."""
        from dbman.cache import snapshot_store

        return snapshot_store()
