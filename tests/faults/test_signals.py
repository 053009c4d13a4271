"""Ctrl-C, SIGTERM and scripts that end the process: as it was, or moved, and the code says which."""

from __future__ import annotations

import random
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.application import Application, install
from faults.hostile import HALF, MENDED, REVISION
from faults.states import dump, is_sound
from warm import DBMAN, Warm, warmed

SIGNALS = {signal.SIGINT: (130, "interrupted"), signal.SIGTERM: (143, "terminated")}
SLOW = """\
import os, time
open("inside", "w").close()
for number in range(40):
    op.execute("UPDATE product SET price = price + 1")
    time.sleep(0.01)
while os.path.exists("held"):
    time.sleep(0.01)
"""
"""Tells when it has begun, and does not end as long as it is held."""
ENDINGS = {
    "os._exit(0)": ("os._exit(0)", 0),
    "os._exit(3)": ("os._exit(3)", 3),
    "os.abort()": ("os.abort()", -signal.SIGABRT),
    "SIGKILL": ("os.kill(os.getpid(), 9)", -signal.SIGKILL),
    "SIGSEGV": ("os.kill(os.getpid(), 11)", -signal.SIGSEGV),
    "SIGINT": ("os.kill(os.getpid(), 2)", 130),
    "SIGTERM": ("os.kill(os.getpid(), 15)", 143),
}


@pytest.fixture(scope="module")
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """Return an application whose scripts may be changed."""
    return install(tmp_path_factory.mktemp("signals") / "site")


@pytest.fixture(scope="module")
def own_dbman(own_store: Application) -> Iterator[Warm]:
    """Return dbman, warmed up on that application."""
    with warmed(DBMAN, own_store.site, own_store.site) as warm:
        yield warm


@pytest.fixture
def file(own_store: Application, own_dbman: Warm, tmp_path: Path) -> Path:
    """Return a database at the application's first head."""
    (own_store.migrations / f"{REVISION}.py").unlink(missing_ok=True)
    assert own_dbman.run(["--db", "x.db", "initdb"], tmp_path).exit == 0
    return tmp_path / "x.db"


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_at_any_moment(
    number: signal.Signals, own_store: Application, own_dbman: Warm, file: Path
) -> None:
    """The move is done or not, never by half; stopped on the way, it says so and is not."""
    own_store.write(REVISION, HALF + SLOW)
    before = dump(file)
    start = shutil.copyfile(file, file.with_name("start.db"))
    assert own_dbman.run(["--db", "x.db", "upgrade"], file.parent).exit == 0
    after = dump(file)
    moments, (code, word) = random.Random(int(number)), SIGNALS[number]
    held, inside = (file.with_name(name) for name in ("held", "inside"))
    for awaited in ("", "inside") * 4:
        shutil.copyfile(start, file)
        inside.unlink(missing_ok=True)
        held.touch() if awaited else held.unlink(missing_ok=True)
        ran = own_dbman.run(
            ["--db", "x.db", "upgrade"],
            file.parent,
            signal=number,
            after=moments.uniform(0.0, 0.9),
            awaited=awaited,
        )
        said = f"dbman: {word}; the run was one transaction, nothing was changed" in ran.err
        assert said or not awaited
        assert ran.exit in ((code,) if said else (0, code, -number))
        assert is_sound(file)
        # A signal before or after the run ends the process as it ends any other.
        either = (before, after) if ran.exit else (after,)
        assert dump(file) in ((before,) if said else either)


@pytest.mark.parametrize("name", ENDINGS)
def test_a_script_ends_the_process(
    name: str, own_store: Application, own_dbman: Warm, file: Path
) -> None:
    """Whatever the process ends by, nothing of the run stays, and the mended script runs."""
    call, code = ENDINGS[name]
    own_store.write(REVISION, f"{HALF}import os\n{call}")
    before = dump(file)
    assert own_dbman.run(["--db", "x.db", "upgrade"], file.parent).exit == code
    assert (dump(file), is_sound(file)) == (before, True)
    own_store.write(REVISION, MENDED.text)
    assert own_dbman.run(["--db", "x.db", "upgrade"], file.parent).exit == 0
    assert "half" in dump(file)
