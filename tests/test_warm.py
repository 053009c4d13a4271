"""A process forked from a warm Python is as one that began with nothing imported."""

from __future__ import annotations

import pytest

from conftest import Demo

pytestmark = pytest.mark.any_version

LOOK = """
import os, sys, tempfile
print(sys.argv, sys.path, sorted(os.environ.items()), os.getcwd(), tempfile.gettempdir())
print(__name__, [stream.isatty() for stream in (sys.stdin, sys.stdout)], sys.stdin.read())
print(sys.modules["__main__"].__dict__ is globals(), file=sys.stderr)
"""


@pytest.mark.parametrize("words", [["-c", LOOK], ["look.py"], ["-m", "look"]], ids=lambda x: x[0])
def test_it_begins_alike(words: list[str], demo: Demo) -> None:
    """Words, path, variables, folders and streams are those that it was given."""
    (demo.folder / "look.py").write_text(LOOK, encoding="utf-8")
    given = {"env": {"TMPDIR": str(demo.folder), "MORE": "é"}, "input": "one\ntwo é"}
    warm, cold = (demo.python(*words, "a", "-b", cold=cold, **given) for cold in (False, True))
    assert warm.stdout.count("\n") == 3
    assert (warm.returncode, warm.stdout, warm.stderr) == (0, cold.stdout, cold.stderr)


@pytest.mark.parametrize(
    "code",
    [
        "print('é')",
        "raise SystemExit(3)",
        "raise SystemExit('told')",
        "import os; os._exit(4)",
        "import os; os.abort()",
        "def fail(): return 1 / 0\nprint('before')\nfail()",
        "1 +",
    ],
)
def test_it_ends_alike(code: str, demo: Demo) -> None:
    """Exit code, signal, output and traceback are the same."""
    warm, cold = (demo.python("-c", code, cold=cold) for cold in (False, True))
    assert (warm.returncode, warm.stdout, warm.stderr) == (
        cold.returncode,
        cold.stdout,
        cold.stderr,
    )
