"""The workshop in which extensions change."""

from __future__ import annotations

from autogenerate.conftest import shop, workshop

__all__ = ["shop", "workshop"]
