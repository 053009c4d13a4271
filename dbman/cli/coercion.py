"""Plain values of options without pydantic, which takes longer to import than most commands run.

Typer 0.26 and later ask pydantic for every value of every option, also for a text that stays a
text and for an option that nobody gave; ones before have no `get_runtime_param`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

_MANY = (list[str], list[str] | None)


def spared(params: list[Any]) -> list[Any]:
    """Return options and arguments that let values which stay what they are pass by.

    All others go typer's way.
    """
    for param in params:
        usual = getattr(param, "get_runtime_param", None)
        if usual is not None and "get_runtime_param" not in vars(param):
            param.get_runtime_param = _Sparing(usual).itself
    return params


class _Sparing:
    """Stands in for the coercion of one option or argument."""

    def __init__(self, usual: Callable[[], Any]) -> None:
        self._usual = usual

    def itself(self) -> _Sparing:
        """Return this, where typer asks for the coercion."""
        return self

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return a value as the option's type has it."""
        many = param.multiple or param.nargs == -1
        kind = param.type_descriptor.annotation
        if value is None or (many and not value):
            return () if many else None
        if kind in (str, int) and type(value) is kind:
            return value
        if (
            kind is Path
            and type(value) is str
            and not param.type_descriptor.parameter_info.readable
        ):
            return Path(value)  # which nobody is to look at but dbman
        if many and kind in _MANY and all(type(each) is str for each in value):
            return list(value)
        return self._usual().coerce(value, param=param, ctx=ctx)
