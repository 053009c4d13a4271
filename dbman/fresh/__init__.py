"""Fresh databases: as many as tests want, each alone and each as the migrations build it.

The migrations run once; what they built is copied, by what is quickest on each kind of database.

- `interface`: what each kind does, and where there is nothing quicker than to run them again
- `sqlite`: files written from the bytes of one
- `reused`: databases that are used again when what a test changed has been put back
- `postgresql`: such, made by `CREATE DATABASE ... TEMPLATE`
- `mariadb`: such, made by the migrations
- `making`: which of them serves the settings
"""

from __future__ import annotations

from dbman.fresh.making import FreshDatabases

__all__ = ["FreshDatabases"]
