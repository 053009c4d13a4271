"""What `lint` is called with, and finds beside the scripts, that is wrong."""

from __future__ import annotations

from bad_inputs.calls import call
from bad_inputs.case import FIRST, MIGRATIONS, SCRIPTS, case, error
from bad_inputs.settings import toml

WORDS = "name rules by code, the beginning of one, name or group; `dbman explain` lists them"
BROKEN = SCRIPTS | {"a2.py": "revision = 'a2'\ndown_revision = 'a1'\ndef upgrade(:\n"}

LINTS = (
    call(
        "unknown rule to select", "lint --select XYZ1",
        "--select: no rule is called 'XYZ1'", WORDS,
    ),
    call(
        "unknown rule to ignore", "lint --ignore two-head",
        "--ignore: no rule is called 'two-head'; did you mean 'two-heads'?", WORDS,
    ),
    call(
        "unknown rule to explain", "explain two-head",
        "no rule is called 'two-head'; did you mean 'two-heads'?", "`dbman explain` lists the rules",
    ),
    call(
        "database of the user for lint", "lint --db x.db",
        "`dbman lint` reads no database of yours",
        "say --scratch-url where a scratch database is to be made",
    ),
    call(
        "changes outside of git", "lint --since main",
        "--since main: none of the scripts is in a git repository",
        "leave --since away, or lint a checkout of the extension",
    ),
    call(
        "format that is none", "lint --format xml",
        "invalid value for '--format': 'xml' is not one of 'text', 'json', 'github', 'sarif'",
        "`dbman lint --help` lists the options",
    ),
    call(
        "two formats", "lint --format sarif --json",
        "--json and --format sarif are two formats", "say one of them",
    ),
    toml(
        "unknown rule in the settings", '[lint]\nselect = ["XYZ1"]\n',
        "dbman.toml: lint.select: no rule is called 'XYZ1'", WORDS, line="lint",
    ),
    toml(
        "unknown rule of an extension", '[extensions.shop]\nlint_ignore = ["two-head"]\n',
        "extensions.shop.lint_ignore: no rule is called 'two-head'; did you mean 'two-heads'?",
        WORDS, line="lint",
    ),
    toml(
        "unknown key of lint", '[lint]\nselects = ["DBM104"]\n',
        "dbman.toml: unknown key 'selects' in lint; did you mean 'select'?",
        "known keys: select, ignore", line="lint",
    ),
    case(
        "script that lint cannot parse", "lint --select broken-script", 1,
        "1 error in 2 scripts", "`dbman explain DBM112` says why, and how to mend it",
        scripts=BROKEN,
        out="site/shop/migrations/a2.py:3:1: DBM112 HERE/site/shop/migrations/a2.py:3: invalid"
        " syntax (mend the script)\n",
    ),
    case(
        "broken scripts for a baseline", "lint --baseline", 1,
        f"warning: extension shop (shop 1.0): {MIGRATIONS}/a2.py:3: invalid syntax",
        scripts=BROKEN,
    ),
    case(
        "ids twice for a baseline", "lint --baseline", 4,
        error(
            f"revision 'a1' is in {MIGRATIONS}/a1.py (shop 1.0) and in {MIGRATIONS}/a2.py (shop 1.0)",
            "give one of them another revision id",
        ),
        scripts={"a1.py": FIRST, "a2.py": FIRST},
    ),
)  # fmt: skip
