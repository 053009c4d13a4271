"""A terminal for whole processes: what is typed goes in, what is shown comes out."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shown:
    """What a process on a terminal did."""

    code: int
    """The exit code."""
    text: str
    """What was on the terminal, stdout and stderr together."""


def on_terminal(
    demo: Any,
    *args: str,
    typed: str = "",
    env: Mapping[str, str] | None = None,
    stop_at: str = "",
    stop_with: signal.Signals = signal.SIGINT,
) -> Shown:
    """Run `python -m dbman` on a terminal; send a signal when `stop_at` is shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "dbman", *args],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=demo.folder,
        env={**demo.environment(), "TERM": "xterm", **(env or {})},
        start_new_session=True,
    )
    os.close(theirs)
    watch = threading.Timer(300, process.kill)
    watch.start()
    os.write(ours, typed.encode())
    found = b""
    for chunk in iter(lambda: _read(ours), b""):
        found += chunk
        if stop_at and stop_at.encode() in found:
            process.send_signal(stop_with)
            stop_at = ""
    code = process.wait()
    watch.cancel()
    os.close(ours)
    return Shown(code, found.decode().replace("\r\n", "\n"))


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux says so when the other end is closed
        return b""
