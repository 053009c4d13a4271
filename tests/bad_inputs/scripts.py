"""Scripts that cannot be read, joined or run."""

from __future__ import annotations

from bad_inputs.case import (
    FIRST,
    MIGRATIONS,
    OWN_RIGHTS,
    SECOND,
    THERE,
    Case,
    Files,
    case,
    error,
    opened,
)
from scripts_text import makes, script

HEADER = 'revision = "a1"\ndown_revision = None\n'
UPGRADE = "def upgrade(): pass\n"
A1, A2 = f"{MIGRATIONS}/a1.py", f"{MIGRATIONS}/a2.py"
IN_1, IN_2 = f"{A1} (shop 1.0)", f"{A2} (shop 1.0)"
SKIP = "; or leave it aside with --skip shop"


def broken(name: str, text: str | bytes, message: str, hint: str, **more: object) -> Case:
    """Return a case in which initdb needs a first script that is broken."""
    said = error(message, hint)
    return case(name, "initdb --db x.db", 4, opened(), said, scripts={"a1.py": text}, **more)


def joined(name: str, scripts: Files, message: str, hint: str, **more: object) -> Case:
    """Return a case in which scripts do not fit together."""
    said = error(message, hint)
    return case(name, "initdb --db x.db", 4, opened(), said, scripts=scripts, **more)


def failing(name: str, body: str, said: str, hint: str | None = None) -> Case:
    """Return a case in which the second migration fails."""
    text = script("a2", body, down="a1")
    line = error(f"shop a2 a2 of a test failed at {A2}:18: {said}; nothing was changed", hint)
    return case(
        name, "upgrade --db x.db", 5, opened(), line,
        scripts={"a1.py": FIRST, "a2.py": text}, prepare=lambda place: place.database("a1"),
    )  # fmt: skip


SCRIPTS = (
    broken(
        "script that raises at import", f"{HEADER}raise RuntimeError('no\\nway')\n{UPGRADE}",
        f"{A1}:3: RuntimeError: no\\nway, when it was imported", f"mend it{SKIP}",
    ),
    broken(
        "script that imports what is missing", f"{HEADER}import nosuch\n{UPGRADE}",
        f"{A1}:3: ModuleNotFoundError: No module named 'nosuch', when it was imported",
        f"mend it{SKIP}",
    ),
    broken(
        "script that exits at import", f"{HEADER}import sys; sys.exit(0)\n{UPGRADE}",
        f"{A1}:3: ended the program (exit 0), when it was imported", f"mend it{SKIP}",
    ),
    broken(
        "script that is not UTF-8", b"# caf\xe9\n" + f"{HEADER}{UPGRADE}".encode(),
        f"{A1} is not UTF-8 (byte 0xe9, line 1)",
        f"save it as UTF-8, or name its encoding in the first line: # coding: latin-1{SKIP}",
    ),
    broken(
        "script in an unknown encoding", f"# coding: klingon\n{HEADER}{UPGRADE}",
        f"{A1}: unknown encoding klingon", f"save it as UTF-8{SKIP}",
    ),
    broken(
        "syntax error", f"<<<<<<< HEAD\n{HEADER}{UPGRADE}",
        f"{A1}:1: invalid syntax", f"mend the script{SKIP}",
    ),
    broken(
        "syntax error in the body", f"{HEADER}def upgrade():\n    x = (\n",
        f"{A1}:4: '(' was never closed", f"mend the script{SKIP}",
    ),
    broken(
        "no revision", f"down_revision = None\n{UPGRADE}",
        f"{A1} has no revision", f'write revision = "..." with an id of its own{SKIP}',
    ),
    broken(
        "empty script", "",
        f"{A1} is empty", f"write the script, or remove the file{SKIP}",
    ),
    broken(
        "no down_revision", f'revision = "a1"\n{UPGRADE}',
        f"{A1} has no down_revision",
        f"write down_revision = None for a first revision, else the id before it{SKIP}",
    ),
    broken(
        "revision that is a number", f"revision = 5\ndown_revision = None\n{UPGRADE}",
        f"{A1}:1: revision is 5", f"write each id as a string{SKIP}",
    ),
    broken(
        "revision with an @", f'revision = "a@1"\ndown_revision = None\n{UPGRADE}',
        f"{A1}:1: revision 'a@1' has @ in it", f"Alembic refuses @ - + and : in an id{SKIP}",
    ),
    broken(
        "computed revision that cannot be", f"import nosuch\nrevision = nosuch.x\n{UPGRADE}",
        f"{A1}:1: ModuleNotFoundError: No module named 'nosuch'",
        f"make it import, or write its header as literals{SKIP}",
    ),
    broken(
        "no upgrade()", HEADER,
        f"{A1} has no upgrade()", f"define upgrade(); it may just `pass`{SKIP}",
    ),
    broken(
        "upgrade that is no function", f"{HEADER}upgrade = 1\n",
        f"{A1}: upgrade cannot be called: 1 is not a callable object",
        f"define upgrade() without arguments{SKIP}",
    ),
    broken(
        "upgrade() with a yield", f"{HEADER}def upgrade():\n    yield\n",
        f"{A1}: upgrade() would never run: it is a coroutine or has a yield in it",
        f"make upgrade() a plain function{SKIP}",
    ),
    broken(
        "upgrade() with an argument", f"{HEADER}def upgrade(engine): pass\n",
        f"{A1}: upgrade cannot be called: missing a required argument: 'engine'",
        f"define upgrade() without arguments{SKIP}",
    ),
    case(
        "no downgrade()", "downgrade shop@base --yes --no-backup --db x.db", 4,
        opened(),
        error(f"{A1} has no downgrade()", "define downgrade(): undo there what upgrade() does"),
        scripts={"a1.py": f"{HEADER}{UPGRADE}"}, prepare=lambda place: place.database("a1"),
    ),
    joined(
        "revision id that two scripts have",
        {"a1.py": FIRST, "a2.py": FIRST},
        f"revision 'a1' is in {IN_1} and in {IN_2}", "give one of them another revision id",
    ),
    joined(
        "label that two scripts have",
        {"a1.py": FIRST, "a2.py": script("a2", down="a1", label="shop")},
        f"label 'shop' of {IN_2} is taken by {IN_1}", "give one of them another branch label",
    ),
    joined(
        "label that is a revision id",
        {"a1.py": FIRST, "a2.py": script("a2", down="a1", label="a1")},
        f"label 'a1' of {IN_2} is taken by {IN_1}", "give one of them another branch label",
    ),
    joined(
        "cycle of down_revision",
        {"a1.py": script("a1", down="a2"), "a2.py": script("a2", down="a1")},
        f"the revisions a1 -> a2 -> a1 form a cycle ({A1}, {A2})",
        "correct down_revision or depends_on in one of these scripts",
    ),
    joined(
        "script that revises itself",
        {"a1.py": script("a1", down="a1")},
        f"the revisions a1 -> a1 form a cycle ({A1})",
        "correct down_revision or depends_on in one of these scripts",
    ),
    joined(
        "cycle through depends_on",
        {"a1.py": script("a1", depends="a2"), "a2.py": script("a2", down="a1")},
        f"the revisions a1 -> a2 -> a1 form a cycle ({A1}, {A2})",
        "correct down_revision or depends_on in one of these scripts",
    ),
    joined(
        "missing down_revision",
        {"a1.py": FIRST, "a2.py": script("a2", down="zz")},
        f"{IN_2} revises 'zz', which no installed extension has",
        f"install the extension that has 'zz', or correct the script{SKIP}",
    ),
    joined(
        "missing depends_on",
        {"a1.py": FIRST, "a2.py": script("a2", down="a1", depends="zz")},
        f"{IN_2} depends on 'zz', which no installed extension has",
        f"install the extension that has 'zz', or correct the script{SKIP}",
    ),
    joined(
        "script that is a link to nothing",
        {"a1.py": FIRST},
        f"cannot read {A2}: No such file or directory", f"see that it can be read{SKIP}",
        prepare=lambda place: (place.migrations / "a2.py").symlink_to("gone"),
    ),
    joined(
        "script that may not be read",
        {"a1.py": FIRST, "a2.py": SECOND},
        f"cannot read {A2}: Permission denied", f"see that it can be read{SKIP}",
        prepare=lambda place: (place.migrations / "a2.py").chmod(0), under=OWN_RIGHTS,
    ),
    joined(
        "folder of scripts that may not be read",
        {"a1.py": FIRST, "more/a2.py": SECOND},
        f"cannot read {MIGRATIONS}/more: Permission denied", f"see that it can be read{SKIP}",
        prepare=lambda place: (place.migrations / "more").chmod(0), under=OWN_RIGHTS,
    ),
    case(
        "reading goes on beside a broken script", "heads", 0,
        f"warning: {A2}:1: invalid syntax",
        scripts={"a1.py": FIRST, "a2.py": "<<<<<<< HEAD\n"}, out="shop  a1  (shop) (head)  a1 of a test\n",
    ),
    failing("migration that raises", "raise ValueError('no\\nway')", "ValueError: no"),
    failing("migration that exits", "raise SystemExit(0)", "SystemExit: 0"),
    failing(
        "migration with bad SQL", "op.execute('SELEC 1')",
        'near "SELEC": syntax error, in SELEC 1',
        "where op.get_bind().dialect.name is 'sqlite' say it in SQLite's words, or as an operation"
        " of Alembic",
    ),
    failing(
        "migration of a missing table", "op.drop_table('nosuch')", "no such table: nosuch",
        "where no script makes that table, the setting `bootstrap` names what does:"
        " 'module:callable' or a file ending in .sql",
    ),
    failing(
        "migration of a table that is there", makes("shop_item")[0],
        "table shop_item already exists", THERE,
    ),
    case(
        "revision id that leads elsewhere", "generate shop -m x --rev-id ../../up", 2,
        error(
            "'../../up' cannot be a revision id", "take 1 to 32 letters, digits and underscores"
        ),
    ),
    case(
        "revision id that is taken", "generate shop -m x --rev-id a2", 2,
        error(
            f"the revision id 'a2' is taken by {A2}", "take another one, or leave --rev-id away"
        ),
    ),
)  # fmt: skip
