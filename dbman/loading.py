"""Migration scripts as modules: loaded, looked at before they run, named when they fail."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction, signature
from pathlib import Path
from traceback import extract_tb
from types import CodeType, ModuleType
from typing import Any

from dbman.errors import ScriptError
from dbman.plans import Step, or_skip
from dbman.scripts import compile_script

_NEVER_RUN = (iscoroutinefunction, isgeneratorfunction, isasyncgenfunction)


def load_script(step: Step, function: str) -> ModuleType:
    """Return the module of a step's script, whose `function` can be called.

    Raises `ScriptError` with the script's path where its body raises anything, and where the
    function is missing or is none; the hint names ``--skip`` where that helps.
    """
    path = step.revision.path
    try:
        module = _run(step, compile_script(path, [function]))
        _require_callable(module, function, path)
    except ScriptError as err:
        if step.direction == "up":
            err.hint = or_skip(err.hint, step.revision.extension)
        raise
    return module


def _run(step: Step, code: CodeType) -> ModuleType:
    """Run the body of a script, which was compiled from its source.

    Bytecode is passed over: it is stale where a script was mended within the second.
    """
    path = step.revision.path
    name = f"dbman_script_{step.revision.id}".replace("-", "_")
    spec = spec_from_file_location(name, path)
    if spec is None:
        raise ScriptError(f"{path} cannot be loaded as Python")
    module = module_from_spec(spec)
    try:
        exec(code, vars(module))
    except (Exception, SystemExit) as err:
        ended = isinstance(err, SystemExit)
        what = f"ended the program (exit {err})" if ended else f"{type(err).__name__}: {err}"
        raise ScriptError(f"{place_of(err, path)}: {what}, when it was imported") from err
    return module


def _require_callable(module: ModuleType, name: str, path: Path) -> None:
    """Raise `ScriptError` for a function that a call without arguments would not run."""
    function: Any = getattr(module, name, None)
    if any(kind(function) for kind in _NEVER_RUN):
        raise ScriptError(
            f"{path}: {name}() would never run: it is a coroutine or has a yield in it",
            f"make {name}() a plain function",
        )
    try:
        signature(function).bind()
    except TypeError as err:
        raise ScriptError(
            f"{path}: {name} cannot be called: {err}", f"define {name}() without arguments"
        ) from err
    except ValueError:
        return  # A function in C does not say what it takes.


@contextmanager
def in_this_process_alone() -> Iterator[None]:
    """End a fork that a script left running: the transaction and its locks are not its own."""
    process = os.getpid()
    try:
        yield
    finally:
        if os.getpid() != process:
            os._exit(1)


def place_of(err: BaseException, path: Path) -> str:
    """Return the script's path and the line of it that an exception came through last."""
    lines = [frame.lineno for frame in extract_tb(err.__traceback__) if frame.filename == str(path)]
    return f"{path}:{lines[-1]}" if lines else str(path)


def running_line(path: Path) -> int | None:
    """Return the line of a script that was reached last on the way to the caller, if any."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != str(path):
        frame = frame.f_back  # type: ignore[assignment]
    return frame.f_lineno if frame is not None else None
