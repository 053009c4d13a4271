"""Headers of migration scripts, in every shape seen in the wild, right and wrong."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from dbman.errors import Problem
from dbman.scripts import Script, check_functions, read_location, read_script

SYNTAX_HINT = "mend the script"
IMPORT_HINT = "make it import, or write its header as literals"
ID_HINT = "write each id as a string"
PLAIN = 'revision = "a1"\ndown_revision = None\n'

RENDERED = '''"""add widgets

They go round.

Revision ID: 3adcc9a56557
Revises: 27c6a30d7c24
Create Date: 2011-11-08 11:40:27.089406

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '3adcc9a56557'
down_revision: Union[str, Sequence[str], None] = '27c6a30d7c24'
branch_labels: Union[str, Sequence[str], None] = ('poser',)
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""


def downgrade() -> None:
    """Downgrade schema."""
'''


def write(folder: Path, text: str | bytes, name: str = "a1_first.py") -> Path:
    """Write a script and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def ids(script: Script) -> tuple[object, ...]:
    """Return the header of a script."""
    return script.revision, script.down_revision, script.branch_labels, script.depends_on


def test_rendered_script(tmp_path: Path) -> None:
    """A script as Alembic renders it tells its header, its message and its date."""
    path = write(tmp_path, RENDERED)
    assert read_script(path) == Script(
        file=str(path),
        revision="3adcc9a56557",
        down_revision=("27c6a30d7c24",),
        depends_on=(),
        branch_labels=("poser",),
        doc="add widgets",
        created="2011-11-08 11:40:27.089406",
        problem=None,
        computed=False,
    )


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends(tmp_path: Path, ends: str) -> None:
    """Lines may end as on Windows or as on an old Mac."""
    script = read_script(write(tmp_path, RENDERED.replace("\n", ends)))
    assert (ids(script), script.problem) == (
        ("3adcc9a56557", ("27c6a30d7c24",), ("poser",), ()),
        None,
    )


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("revision = 'b2'\ndown_revision = 'a1'", ("b2", ("a1",), (), ())),
        ("revision = 'b2'\ndown_revision = ('a1', 'a2')", ("b2", ("a1", "a2"), (), ())),
        ("revision = 'b2'\ndown_revision = ['a1', 'a2']", ("b2", ("a1", "a2"), (), ())),
        ("revision = 'b2'\ndown_revision = {'a2', 'a1'}", ("b2", ("a2", "a1"), (), ())),
        ("revision = 'b2'\ndown_revision = ()", ("b2", (), (), ())),
        (f"{PLAIN}depends_on = 'x'\nbranch_labels = 'poser'", ("a1", (), ("poser",), ("x",))),
        (f"{PLAIN}depends_on = ['x', 'core@head']", ("a1", (), (), ("x", "core@head"))),
        (f'{PLAIN}branch_labels = "None"', ("a1", (), (), ())),
        (f"{PLAIN}depends_on = ''", ("a1", (), (), ())),
        (f"{PLAIN}depends_on: list[str]  = ['x']", ("a1", (), (), ("x",))),
        (f"CORE = 'c0'\nDEPS = (CORE, 'x')\n{PLAIN}depends_on = DEPS", ("a1", (), (), ("c0", "x"))),
        (
            "revision = 'I38991de2b4'\ndown_revision = 'Pad.do_0'",
            ("I38991de2b4", ("Pad.do_0",), (), ()),
        ),
        ("revision = 'a1'\ndown_revision = depends_on = None", ("a1", (), (), ())),
        ("down_revision = 'old'\n" + PLAIN, ("a1", (), (), ())),
        (f"import sys as revisions\nwith_x = print\n{PLAIN}", ("a1", (), (), ())),
    ],
)
def test_literal_forms(tmp_path: Path, header: str, expected: tuple[object, ...]) -> None:
    """Strings, tuples, lists, sets, None and constants are read without an import."""
    script = read_script(write(tmp_path, f"{header}\nraise SystemExit\n\ndef upgrade(): pass\n"))
    assert (ids(script), script.problem, script.computed) == (expected, None, False)


@pytest.mark.parametrize(
    "text",
    [
        f"def helper():\n    pass\n\n{PLAIN}",
        f"@print\ndef helper():\n    pass\n\n{PLAIN}",
        f"class Type:\n    revision = 'no'\n\n{PLAIN}def upgrade(): pass\n",
        f'"""Drop\n\nclass Thing, and\ndef this\n@that\n"""\n{PLAIN}def upgrade(): pass\n',
        f"async def helper():\n    revision = 'local'\n\n{PLAIN}",
    ],
)
def test_header_not_at_the_top(tmp_path: Path, text: str) -> None:
    """The whole file is read when a definition, or what looks like one, comes first."""
    script = read_script(write(tmp_path, text))
    assert (ids(script), script.problem, script.computed) == (("a1", (), (), ()), None, False)


def test_broken_body_is_not_read(tmp_path: Path) -> None:
    """The text after the first definition is not parsed for the header."""
    path = write(tmp_path, f"{PLAIN}\ndef upgrade():\n    op.(\n")
    assert read_script(path) == Script(str(path), "a1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"import sys\n{PLAIN}branch_labels = (sys.byteorder[:0] + 'poser',)",
            ((), ("poser",), ()),
        ),
        (f"{PLAIN}depends_on = ('x',)\ndepends_on += ('y',)", ((), (), ("x", "y"))),
        (f"{PLAIN}depends_on = []\nif True:\n    depends_on.append('y')", ((), (), ("y",))),
        (f"{PLAIN}DEPS = ['x']\nDEPS.append('y')\ndepends_on = DEPS", ((), (), ("x", "y"))),
        (f"{PLAIN}depends_on = {{'y', 'x'}} | {{'z'}}", ((), (), ("x", "y", "z"))),
        (f"{PLAIN}depends_on = (d for d in 'xy')", ((), (), ("x", "y"))),
        (f"{PLAIN}down_revision, depends_on = 'r', 'x'", (("r",), (), ("x",))),
        (f"{PLAIN}def f(): pass\ndepends_on = tuple('x')", ((), (), ("x",))),
        (
            f"{PLAIN}try:\n    from os import sep as depends_on\nfinally:\n    pass",
            ((), (), ("/",)),
        ),
        ("revision = 'a1'\nfrom header_of_b import *\n", (("b0",), (), ())),
        ("from header_of_b import down_revision\nrevision = 'a1'", (("b0",), (), ())),
    ],
)
def test_computed_header(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: tuple[object, ...]
) -> None:
    """A header that the source does not tell is taken from an import of that script."""
    write(tmp_path / "lib", "down_revision = 'b0'\n", "header_of_b.py")
    monkeypatch.syspath_prepend(tmp_path / "lib")
    script = read_script(write(tmp_path, text))
    monkeypatch.delitem(sys.modules, "header_of_b", raising=False)
    assert (ids(script), script.problem, script.computed) == (("a1", *expected), None, True)


def test_import_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An imported script prints on stderr, and leaves no module and no file."""
    before = set(sys.modules)
    path = write(tmp_path, f"print('hello', __file__)\n{PLAIN}depends_on = tuple('x')\n")
    assert read_script(path) == Script(str(path), "a1", depends_on=("x",), computed=True)
    assert capsys.readouterr() == ("", f"hello {path}\n")
    assert set(sys.modules) == before
    assert list(tmp_path.iterdir()) == [path]


def test_two_imports_are_two_modules(tmp_path: Path) -> None:
    """Imported scripts do not see each other, and their classes can find their module."""
    text = (
        "from __future__ import annotations\nfrom dataclasses import dataclass, KW_ONLY\n"
        "@dataclass\nclass C:\n    _: KW_ONLY\n    x: int = 1\n"
        "revision = __name__\ndown_revision = None\n"
    )
    first, second = (read_script(write(tmp_path, text, name)) for name in ("a.py", "b.py"))
    assert (first.problem, second.problem, first.computed) == (None, None, True)
    assert first.revision != second.revision


def test_interrupt_is_not_taken(tmp_path: Path) -> None:
    """Ctrl-C during an import goes on to the caller."""
    path = write(tmp_path, f"{PLAIN}depends_on = tuple('x')\nraise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        read_script(path)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "PATH is empty", "write the script, or remove the file"),
        (" \n\n", "PATH is empty", "write the script, or remove the file"),
        ("def x(:\n", "PATH:1: invalid syntax", SYNTAX_HINT),
        ("x = 1\n", "PATH has no revision", 'write revision = "..." with an id of its own'),
        (
            "down_revision = None\n",
            "PATH has no revision",
            'write revision = "..." with an id of its own',
        ),
        ("revision = 7\ndown_revision = None", "PATH:1: revision is 7", ID_HINT),
        ("\nrevision = None\ndown_revision = None", "PATH:2: revision is None", ID_HINT),
        ("revision = ''\ndown_revision = None", "PATH:1: revision is ''", ID_HINT),
        ("revision = ('a',)\ndown_revision = None", "PATH:1: revision is ('a',)", ID_HINT),
        ("x = (1\n\n", "PATH:1: '(' was never closed", SYNTAX_HINT),
        ("\n\nrevision = = 1\n", "PATH:3: invalid syntax", SYNTAX_HINT),
        (b"x = '\xe9'\n", "PATH is not UTF-8 (byte 0xe9, line 1)", None),
        (b"# coding: ascii\n\nx = '\xe9'\n", "PATH is not ascii (byte 0xe9, line 3)", None),
        ("# -*- coding: klingon -*-\n", "PATH: unknown encoding klingon", "save it as UTF-8"),
        (f"{PLAIN}x = '\0'\n", None, SYNTAX_HINT),
        (
            "import nosuch\nrevision = nosuch.x\n",
            "PATH:1: ModuleNotFoundError: No module named 'nosuch'",
            IMPORT_HINT,
        ),
        ("revision = f()\n", "PATH:1: NameError: name 'f' is not defined", IMPORT_HINT),
        (
            "import sys\nrevision = str(1)\nsys.exit(0)\n",
            "PATH:3 ended the program on import (exit 0)",
            IMPORT_HINT,
        ),
        (
            "revision = str(1)\nraise SystemExit('bye')\n",
            "PATH:2 ended the program on import (exit bye)",
            IMPORT_HINT,
        ),
        (
            "revision = str(1)\ndown_revision = None\nreturn\n",
            "PATH:3: 'return' outside function",
            SYNTAX_HINT,
        ),
    ],
)
def test_no_usable_revision(
    tmp_path: Path, text: str | bytes, message: str | None, hint: str | None
) -> None:
    """A script without an id that can be used has none, and says why and where."""
    path = write(tmp_path, text)
    script = read_script(path)
    assert script.revision is None
    assert script.problem is not None
    if message:
        assert script.problem.message == message.replace("PATH", str(path))
    if hint:
        assert script.problem.hint == hint


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "revision = 'a1'\n",
            Problem(
                "PATH has no down_revision",
                "write down_revision = None for a first revision, else the id before it",
            ),
        ),
        ("revision = 'a1'\ndown_revision = 7\n", Problem("PATH:2: down_revision is 7", ID_HINT)),
        (
            f"{PLAIN}depends_on = ('x', None)\n",
            Problem("PATH:3: depends_on is ('x', None)", ID_HINT),
        ),
        (f"{PLAIN}branch_labels = ''\n", Problem("PATH:3: branch_labels is ''", ID_HINT)),
        (
            "down_revision = None\nrevision = 'a1'\ndepends_on = min(7, 8)\n",
            Problem("PATH:3: depends_on is 7", ID_HINT),
        ),
    ],
)
def test_wrong_header(tmp_path: Path, text: str, problem: Problem) -> None:
    """A script with an id and a mistake keeps the id and tells the mistake."""
    path = write(tmp_path, text)
    script = read_script(path)
    assert script.revision == "a1"
    assert script.problem == Problem(problem.message.replace("PATH", str(path)), problem.hint)


def test_characters_that_alembic_refuses(tmp_path: Path) -> None:
    """An id with characters of Alembic's target syntax is told."""
    path = write(tmp_path, "revision = 'a-1@b'\ndown_revision = None\n")
    assert read_script(path) == Script(
        str(path),
        "a-1@b",
        problem=Problem(
            f"{path}:1: revision 'a-1@b' has - @ in it", "Alembic refuses @ - + and : in an id"
        ),
    )


def test_unreadable_file(tmp_path: Path) -> None:
    """A link that leads nowhere is told, not raised."""
    path = tmp_path / "a1.py"
    path.symlink_to(tmp_path / "gone.py")
    problem = Problem(f"cannot read {path}: No such file or directory", "see that it can be read")
    assert read_script(path) == Script(str(path), None, problem=problem)
    assert read_location(tmp_path) == (Script(str(path), None, problem=problem),)


def test_encodings(tmp_path: Path) -> None:
    """A coding line (PEP 263) and a byte order mark are honoured."""
    latin = f'# -*- coding: latin-1 -*-\n"""caf\xe9"""\n{PLAIN}'.encode("latin-1")
    second = f'#!/usr/bin/python\n# vim: set fileencoding=latin-1 :\n"""\xe9"""\n{PLAIN}'
    marked = f'\ufeff"""caf\xe9"""\n{PLAIN}'.encode()
    late = f'\n\n# coding: klingon\n"""caf\xe9"""\n{PLAIN}'.encode()
    found = [
        read_script(write(tmp_path, text, f"{number}.py"))
        for number, text in enumerate([latin, second.encode("latin-1"), marked, late])
    ]
    assert [(script.doc, script.revision, script.problem) for script in found] == [
        ("café", "a1", None),
        ("é", "a1", None),
        ("café", "a1", None),
        ("café", "a1", None),
    ]


@pytest.mark.parametrize(
    ("docstring", "doc", "created"),
    [
        ('"""one line"""', "one line", ""),
        ('"""\n  first\nsecond\n\nCreate Date: today \n"""', "first", "today"),
        (
            '"""\n\nRevision ID: a1\nRevises:\nCreate Date: 2024-01-01 10:00\n"""',
            "",
            "2024-01-01 10:00",
        ),
        ("# a licence\n\n'''after a comment'''", "after a comment", ""),
        ("x = 1\n'''no docstring'''", "", ""),
    ],
)
def test_docstrings(tmp_path: Path, docstring: str, doc: str, created: str) -> None:
    """The message is the docstring's first line, and the date where the template writes it."""
    path = write(tmp_path, f"{docstring}\n{PLAIN}")
    assert read_script(path) == Script(str(path), "a1", doc=doc, created=created)


def test_location(tmp_path: Path) -> None:
    """Folders below count, what Alembic passes over does not, and the order is that of paths."""
    for name in ["b.py", "a.py", "2024/expand/d.py", "2024/c.py"]:
        write(tmp_path, f"revision = {name!r}\ndown_revision = None\n", name)
    for name in ["__init__.py", "2024/__init__.py", ".#a.py", "env.py", "__pycache__/x.py"]:
        write(tmp_path, "not python", name)
    for name in [".hidden/x.py", "README", "x.pyc", "script.py.mako"]:
        write(tmp_path, "not python", name)
    assert [(script.revision, script.path) for script in read_location(tmp_path)] == [
        ("2024/c.py", tmp_path / "2024/c.py"),
        ("2024/expand/d.py", tmp_path / "2024/expand/d.py"),
        ("a.py", tmp_path / "a.py"),
        ("b.py", tmp_path / "b.py"),
    ]


def test_helpers_beside_scripts(tmp_path: Path) -> None:
    """A module without a header is a mistake in the location itself, a helper in a folder below."""
    top = write(tmp_path, "def helper(revision): pass\n", "helper.py")
    write(tmp_path, "def helper(revision): pass\n", "lib/helper.py")
    write(tmp_path, "", "lib/empty.py")
    write(tmp_path, b"\xff", "lib/binary.py")
    half = write(tmp_path, "down_revision = None\n", "lib/half.py")
    hint = 'write revision = "..." with an id of its own'
    assert read_location(tmp_path) == (
        Script(str(top), None, problem=Problem(f"{top} has no revision", hint)),
        Script(str(half), None, problem=Problem(f"{half} has no revision", hint)),
    )


def test_whole_environment(tmp_path: Path) -> None:
    """Of a whole Alembic environment only the scripts in versions/ count."""
    write(tmp_path, "raise SystemExit\n", "env.py")
    write(tmp_path, "x = 1\n", "settings.py")
    path = write(tmp_path, PLAIN, "versions/a1.py")
    assert read_location(tmp_path) == (Script(str(path), "a1"),)


def test_no_folder(tmp_path: Path) -> None:
    """A missing location has no scripts; a file in its place is told."""
    assert read_location(tmp_path / "missing") == ()
    file = write(tmp_path, "", "file")
    problem = Problem(f"cannot read {file}: Not a directory", "see that it can be read")
    assert read_location(file) == (Script(str(file), None, problem=problem),)


@pytest.mark.parametrize(
    "text",
    [
        "def upgrade(): pass\ndef downgrade(): pass\n",
        "async def upgrade(): pass\nclass downgrade: pass\n",
        "upgrade = downgrade = lambda: None\n",
        "upgrade, (downgrade, x) = 1, (2, 3)\n",
        "from os import path as upgrade\nimport downgrade.x\n",
        "from helpers import *\n",
        "if True:\n    def upgrade(): pass\n    downgrade: object = upgrade\n",
        "try:\n    from x import upgrade, downgrade\nexcept ImportError:\n    pass\n",
    ],
)
def test_functions_present(tmp_path: Path, text: str) -> None:
    """Any binding of a name at the top level will do."""
    assert check_functions(write(tmp_path, text), ["upgrade", "downgrade"]) is None


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "def upgrade(): pass",
            "PATH has no downgrade()",
            "define downgrade(): undo there what upgrade() does",
        ),
        ("upgrade()\ndowngrade()", "PATH has no upgrade()", "define upgrade(); it may just `pass`"),
        (
            "def f():\n    def upgrade(): pass\nclass C:\n    def upgrade(self): pass\n",
            "PATH has no upgrade()",
            "define upgrade(); it may just `pass`",
        ),
        ("def upgrade():\n    op.(\n", "PATH:2: invalid syntax", SYNTAX_HINT),
        ("def upgrade(): pass\nawait x\n", "PATH:2: 'await' outside function", SYNTAX_HINT),
        (b"# \xe9", "PATH is not UTF-8 (byte 0xe9, line 1)", None),
    ],
)
def test_functions_missing(
    tmp_path: Path, text: str | bytes, message: str, hint: str | None
) -> None:
    """A missing function, and a syntax error anywhere, are told before anything runs."""
    path = write(tmp_path, text)
    problem = check_functions(path, ["upgrade", "downgrade"])
    assert problem is not None
    assert problem.message == message.replace("PATH", str(path))
    if hint:
        assert problem.hint == hint


@pytest.mark.parametrize("text", ["x = " + "-" * 100_000 + "1", "x = 1" + " + 1" * 100_000])
def test_too_deep(tmp_path: Path, text: str) -> None:
    """A script that is too much for Python's own compiler is told."""
    path = write(tmp_path, f"{PLAIN}\ndef upgrade():\n    {text}\n")
    problem = check_functions(path, ["upgrade"])
    assert problem is not None
    assert problem.message.startswith(str(path))
    assert problem.hint == SYNTAX_HINT


def test_warnings_of_a_script_are_quiet(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    """A doubtful escape in a script is no business of whoever reads it."""
    path = write(tmp_path, f"{PLAIN}def upgrade():\n    return '\\d'\nx = '\\d'\n")
    assert read_script(path).problem is None
    assert check_functions(path, ["upgrade"]) is None
    assert list(recwarn) == []


@pytest.mark.parametrize("template", ["generic", "async", "multidb"])
def test_agrees_with_alembic(tmp_path: Path, template: str) -> None:
    """What Alembic renders is read as Alembic itself reads it."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import to_tuple

    config = Config(tmp_path / "alembic.ini", stdout=io.StringIO())
    command.init(config, str(tmp_path / "env"), template=template)
    command.revision(config, message="first", rev_id="a1", branch_label="core")
    command.revision(config, message='say "hello"', rev_id="a2")
    command.revision(config, message="other\n\nat length", rev_id="b1", head="base", splice=True)
    command.revision(config, message="", rev_id="b2", head="b1", depends_on=["a2", "core"])
    command.merge(config, ["a2", "b2"], message="join", rev_id="m1")

    expected = {
        Path(script.path): (
            script.revision,
            to_tuple(script.down_revision, default=()),
            to_tuple(script.module.branch_labels, default=()),
        )
        for script in ScriptDirectory.from_config(config).walk_revisions()
    }
    found = read_location(tmp_path / "env")
    assert [script.problem for script in found] == [None] * 5
    assert not any(script.computed for script in found)
    assert all(script.created for script in found)
    assert {s.path: (s.revision, s.down_revision, s.branch_labels) for s in found} == expected
    assert {s.revision: (s.doc, s.depends_on) for s in found} == {
        "a1": ("first", ()),
        "a2": ('say "hello"', ()),
        "b1": ("other", ()),
        "b2": ("", ("a2", "core")),
        "m1": ("join", ()),
    }


def test_reading_imports_neither_sqlalchemy_nor_alembic(tmp_path: Path) -> None:
    """A script that imports both is read, and checked, without either."""
    path = write(tmp_path, RENDERED)
    code = (
        "import sys; from pathlib import Path; from dbman.scripts import *\n"
        f"path = Path({str(path)!r})\n"
        "print(len(read_location(path.parent)), check_functions(path, ['upgrade']))\n"
        "print(sorted({'alembic', 'sqlalchemy', 'typer', 'rich'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("1 None\n[]\n", "")


def test_a_header_that_cannot_be_imported(tmp_path: Path) -> None:
    """What the source tells is kept, so that the scripts which revise it are none the worse."""
    text = "import nowhere_at_all as cli\nrevision = 'a1'\ndown_revision = None\n"
    file = tmp_path / "a1.py"
    file.write_text(f"{text}branch_labels = (cli.EXPAND_BRANCH,)\n", "utf-8")
    found = read_script(file)
    assert (found.revision, found.down_revision, found.branch_labels) == ("a1", (), ())
    assert found.computed
    assert found.problem == Problem(
        f"{file}:1: ModuleNotFoundError: No module named 'nowhere_at_all'",
        "make it import, or write its header as literals",
    )
