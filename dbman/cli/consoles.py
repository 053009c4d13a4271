"""Consoles of Windows: they show colours only to who asks for it."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from typing import Any

_PROCESSED, _TERMINAL = 0x1, 0x4


def shows_colours(stream: Any, platform: str = sys.platform) -> bool:
    """Return whether a terminal understands escape sequences; one of Windows is told to.

    Source: https://learn.microsoft.com/en-us/windows/console/setconsolemode
    (ENABLE_VIRTUAL_TERMINAL_PROCESSING).
    """
    if platform != "win32":
        return True
    with suppress(ImportError, AttributeError, OSError, ValueError):
        ctypes: Any = import_module("ctypes")
        handle = import_module("msvcrt").get_osfhandle(stream.fileno())
        mode, kernel = ctypes.c_ulong(), ctypes.windll.kernel32
        if kernel.GetConsoleMode(handle, ctypes.byref(mode)):
            return bool(kernel.SetConsoleMode(handle, mode.value | _PROCESSED | _TERMINAL))
    return False
