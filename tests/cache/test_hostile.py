"""Whatever happens to what is kept, a command says the same, in silence; it only takes longer."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import INSTALLER
from scripts_text import makes, models, script
from warm import Job, Ran, warm_python

pytestmark = pytest.mark.any_version
ROOT = Path(__file__).parents[2]
IDS = [f"r{number:03}" for number in range(160)]
"""So many scripts that it is worth keeping their headers."""
READING, CHECKING = ("heads",), ("check", "core")
COMMANDS = (READING, CHECKING)


class Application:
    """An application that is installed, and the processes that see it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept = folder / "cache" / "dbman" / "kept"

    def job(self, *words: str, **changed: str | None) -> Job:
        """Return a run of dbman; what is `changed` of its environment may be None."""
        environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(self.folder / "home"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "PYTHONPATH": f"{self.folder / 'site'}{os.pathsep}{ROOT}",
            **changed,
        }
        given = {name: value for name, value in environment.items() if value is not None}
        return Job(["-m", "dbman", *words], str(self.folder), given, clean=True)

    def say(self, *words: str, **changed: str | None) -> Ran:
        """Return what dbman says."""
        return self.crowd(self.job(*words, **changed))[0]

    def crowd(self, *jobs: Job) -> list[Ran]:
        """Return what several say that start at the same moment."""
        return warm_python().crowd(jobs)

    def script(self) -> Path:
        """Return the file of the newest script."""
        return self.folder / "site" / "core" / "migrations" / f"{IDS[-1]}.py"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """Return an application whose scripts are old enough for their headers to be kept."""
    made = Application(tmp_path_factory.mktemp("hostile") / "app")
    package = made.folder / "site" / "core"
    made.script().parent.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "db.py").write_text(models("", note=""), encoding="utf-8")
    for number, name in enumerate(IDS):
        down = IDS[number - 1] if number else None
        text = script(name, down=down) if down else script(name, *makes("note"), label="core")
        made.script().with_name(f"{name}.py").write_text(text, encoding="utf-8")
    points = {"dbman.extensions": {"core": "core.db:extension"}}
    project = {"name": "core", "version": "1", "entry-points": points}
    INSTALLER["write_dist_info"](made.folder / "site", project, package="core")
    time.sleep(2.1)
    return made


@pytest.fixture
def app(written: Application) -> Iterator[Application]:
    """Return it with nothing kept."""
    yield written
    shutil.rmtree(written.folder / "home", ignore_errors=True)
    shutil.rmtree(written.folder / "cache", ignore_errors=True)
    (written.folder / "cache").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def answers(written: Application) -> dict[tuple[str, ...], Ran]:
    """Return what each command says where nothing is kept."""
    found = {}
    for words in COMMANDS:
        shutil.rmtree(written.folder / "cache", ignore_errors=True)
        found[words] = written.say(*words)
        assert found[words].exit == 0, found[words].err
    shutil.rmtree(written.folder / "cache", ignore_errors=True)
    return found


def fill(app: Application) -> list[Path]:
    """Let the commands keep what they keep; return the files: headers and a snapshot at least."""
    for words in COMMANDS:
        app.say(*words)
    files = sorted(app.kept.iterdir())
    assert {each.name.partition("-")[0] for each in files} >= {"headers", "snapshot"}
    return files


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _made_a_folder(path: Path) -> None:
    path.unlink()
    (path / "in").mkdir(parents=True)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-20]), id="truncated"),
        pytest.param(lambda path: path.write_bytes(os.urandom(5000)), id="garbage"),
        pytest.param(_flip, id="one bit"),
        pytest.param(_made_a_folder, id="a folder"),
        pytest.param(lambda path: (path.unlink(), path.symlink_to(path.name)), id="a loop"),
        pytest.param(lambda path: (path.unlink(), os.mkfifo(path)), id="a pipe"),
    ],
)
def test_a_file_that_is_not_sound(
    app: Application, answers: dict[tuple[str, ...], Ran], spoil: Callable[[Path], object]
) -> None:
    """Is not taken for what it was; the next run mends it where it can."""
    for path in fill(app):
        spoil(path)
    for words, expected in answers.items():
        assert app.say(*words) == expected
        assert app.say(*words) == expected


def test_a_file_of_somebody_else(
    app: Application, answers: dict[tuple[str, ...], Ran], tmp_path: Path
) -> None:
    """Under the name of one's own it is none."""
    files = fill(app)
    contents = [path.read_bytes() for path in files]
    for path, content in zip(files, [*contents[1:], contents[0]], strict=True):
        path.write_bytes(content)
    for words, expected in answers.items():
        assert app.say(*words) == expected


def test_what_another_version_has_kept(
    app: Application, answers: dict[tuple[str, ...], Ran]
) -> None:
    """Sound in itself, but of another shape: nothing is taken from it."""
    from dbman.store import Store

    store = Store(lambda: app.kept, ".kept")
    keys = [path.stem for path in fill(app)]
    for content in (b"", b"[]", b'{"x": 1}', b'{"x": [[1]]}', b"\xff\x00", b"(i1\n"):
        for key in keys:
            store.write(key, content)
        for words, expected in answers.items():
            assert app.say(*words) == expected, (content, words)


@pytest.mark.skipif(sys.platform != "linux", reason="these are places of Linux")
@pytest.mark.parametrize("place", ["/proc/self", "/sys", "/dev/full"])
def test_a_place_that_takes_nothing(
    app: Application, answers: dict[tuple[str, ...], Ran], place: str
) -> None:
    """Whether nobody may write there or it is no folder."""
    for words, expected in answers.items():
        assert app.say(*words, XDG_CACHE_HOME=place) == expected
    assert app.say("cache", XDG_CACHE_HOME=place).err.startswith("0 files, 0 KiB, in ")


@pytest.mark.parametrize("level", ["cache", "cache/dbman", "cache/dbman/kept"])
def test_a_file_in_place_of_the_folder(
    app: Application, answers: dict[tuple[str, ...], Ran], level: str
) -> None:
    """At any level."""
    place = app.folder / level
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"")
    for words, expected in answers.items():
        assert app.say(*words) == expected
    assert place.read_bytes() == b""


def test_a_full_disk(app: Application, answers: dict[tuple[str, ...], Ran]) -> None:
    """Nothing half-written is left."""
    for words, expected in answers.items():
        (ran,) = app.crowd(replace(app.job(*words), file_size=1000))
        assert ran == expected
    assert app.kept.is_dir()
    words = {each.name.partition("-")[0] for each in app.kept.iterdir()}
    assert not words & {"headers", "snapshot"}
    assert not list(app.kept.glob("*.partial"))
    for words, expected in answers.items():
        assert app.say(*words) == expected
    assert list(app.kept.iterdir()) != []


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"HOME": "nowhere", "XDG_CACHE_HOME": None}, id="a relative HOME"),
        pytest.param({"XDG_CACHE_HOME": "somewhere"}, id="a relative folder"),
    ],
)
def test_no_home(
    app: Application, answers: dict[tuple[str, ...], Ran], changed: dict[str, str | None]
) -> None:
    """Nothing is put where somebody happens to stand."""
    (app.folder / "home").mkdir(exist_ok=True)
    before = set(app.folder.iterdir())
    assert app.say(*CHECKING, **changed) == answers[CHECKING]
    assert app.say("cache", **changed).exit == 0
    assert set(app.folder.iterdir()) == before


def test_many_at_once(app: Application, answers: dict[tuple[str, ...], Ran]) -> None:
    """Those that read, those that write, and those that clear."""
    words = [*COMMANDS, ("cache", "info", "--quiet"), ("cache", "clear", "--quiet")]
    for _ in range(3):
        ran = app.crowd(*(app.job(*each) for each in [*words, *words]))
        for each, told in zip([*words, *words], ran, strict=True):
            assert told.exit == 0, told.err
            assert each not in answers or told == answers[each]
    assert not list(app.kept.glob("*.partial"))


@pytest.mark.parametrize("is_replaced", [False, True], ids=["in place", "by another file"])
def test_a_script_that_looks_as_before(app: Application, is_replaced: bool) -> None:
    """Of the same size and time: what tells is when the file was written really."""
    fill(app)
    path = app.script()
    state, text = path.stat(), path.read_text(encoding="utf-8")
    own, other = IDS[-1], "rxxx"
    try:
        target = path.with_name("other.txt") if is_replaced else path
        target.write_text(text.replace(own, other), encoding="utf-8")
        os.utime(target, ns=(state.st_atime_ns, state.st_mtime_ns))
        target.replace(path)
        assert path.stat()[stat.ST_SIZE] == state.st_size
        assert path.stat().st_mtime_ns == state.st_mtime_ns
        assert other in app.say(*READING).out
    finally:
        path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert own in app.say(*READING).out


def test_models_are_never_taken_from_there(app: Application) -> None:
    """What a snapshot is of are scripts alone."""
    fill(app)
    place = app.folder / "site" / "core" / "db.py"
    text = place.read_text(encoding="utf-8")
    try:
        place.write_text(models("", note='sa.Column("extra", sa.Integer)'), encoding="utf-8")
        assert "note.extra" in app.say(*CHECKING).out
    finally:
        place.write_text(text, encoding="utf-8")
    assert app.say(*CHECKING).exit == 0
