"""A history whose migrations were written for another database."""

from __future__ import annotations

from histories import history

__all__ = ["history"]
