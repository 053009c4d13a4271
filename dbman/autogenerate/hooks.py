"""Alembic's post-write hooks: what is run on a script that was just written.

Alembic itself passes over how such a command ends; here that is told. The kinds are those of
`alembic.script.write_hooks`; private names of it: `_run_hooks`, for kinds that an application has
registered.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from dbman.config import PostWriteHook
from dbman.errors import SettingsError

_FILE = "REVISION_SCRIPT_FILENAME"
_STDERR = 2


def run_hooks(path: Path, hooks: Sequence[PostWriteHook]) -> tuple[str, ...]:
    """Run hooks on a file, in order; return what people should know of how they ended.

    What they print goes to stderr. Raises `SettingsError` if one cannot be run.
    """
    return tuple(note for hook in hooks for note in _run(path, hook))


def _run(path: Path, hook: PostWriteHook) -> Iterator[str]:
    """Run one hook; a command that ends with an error has done its work as far as it could."""
    command = _command(hook)
    if command is None:
        _run_registered(path, hook)
        return
    arguments = hook.options.get("options", "")
    if _FILE not in arguments:
        arguments = f"{_FILE} {arguments}"
    is_posix = os.name == "posix"  # as Alembic has it: elsewhere a backslash is one
    words = [each.replace(_FILE, str(path)) for each in shlex.split(arguments, posix=is_posix)]
    sys.stderr.flush()
    try:
        done = subprocess.run(
            [*command, *words], cwd=hook.options.get("cwd"), stdout=_STDERR, check=False
        )
    except (OSError, ValueError) as err:
        raise _unusable(hook, err) from err
    if done.returncode:
        yield f"the post-write hook {hook.name} ended with exit code {done.returncode} on {path}"


def _command(hook: PostWriteHook) -> list[str] | None:
    """Return what a hook runs; None for a kind that dbman does not know."""
    kind = hook.options.get("type")
    if kind == "exec":
        return [_required(hook, "executable")]
    if kind == "module":
        module = _required(hook, "module")
        if not _is_module(module):
            raise _unusable(hook, f"there is no module {module}")
        return [sys.executable, "-m", module]
    if kind == "console_scripts":
        name = _required(hook, "entrypoint")
        for entry in entry_points(group="console_scripts", name=name):
            call = f"import {entry.module}; {entry.module}.{entry.attr}()"
            return [sys.executable, "-c", call]
        raise _unusable(hook, f"no installed distribution has a command {name}")
    return None


def _required(hook: PostWriteHook, option: str) -> str:
    if option not in hook.options:
        raise _unusable(hook, f"{option} is missing")
    return hook.options[option]


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _run_registered(path: Path, hook: PostWriteHook) -> None:
    """Let Alembic run a kind of hook that an application registers there."""
    from alembic.script.write_hooks import _run_hooks
    from alembic.util import CommandError

    try:
        with _stdout_to_stderr():
            _run_hooks(str(path), [{"_hook_name": hook.name, **hook.options}])
    except (CommandError, OSError, ValueError) as err:
        raise _unusable(hook, err) from err


def _unusable(hook: PostWriteHook, why: object) -> SettingsError:
    return SettingsError(
        f"the post-write hook {hook.name} cannot be run: {why}", "mend it in the settings"
    )


@contextmanager
def _stdout_to_stderr() -> Iterator[None]:
    """Send what this process and those that it starts print to stderr: stdout is for data."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        os.dup2(_STDERR, 1)
        with redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
