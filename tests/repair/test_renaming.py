"""Names that two scripts have become names of each: everywhere, and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dbman.errors import ScriptError
from dbman.repair.renaming import renamed

pytestmark = pytest.mark.any_version

NEW = {"table": "table_a1", "upgrade": "_upgrade_a1"}
SOURCES = {
    "constant": "table = 1\nupgrade = lambda: table\n",
    "function": "def table(): return 1\ndef upgrade(): return table()\n",
    "parameter": "table = 1\ndef upgrade(table=table): return table + 1\n",
    "keyword": "table = 1\ndef f(table): return table\ndef upgrade(): return f(table=table)\n",
    "attribute": "class A: pass\ntable = A()\ntable.table = 2\ndef upgrade(): return table.table",
    "local": "table = 1\ndef upgrade():\n    table = 2\n    return table\n",
    "inner": "table = 1\ndef upgrade():\n    def f(): return table\n    return f()\n",
    "inner local": "table = 1\ndef upgrade():\n    def f(table): return table\n    return f(2) + table\n",
    "global": "table = 1\ndef upgrade():\n    global table\n    table += 1\n    return table\n",
    "comprehension": "table = [1]\ndef upgrade(): return [table for table in [3]] + table\n",
    "lambda": "table = 1\nupgrade = lambda: (lambda table: table)(2) + table\n",
    "import": "import json as table\ndef upgrade(): return table.loads('1')\n",
    "from": "from json import loads as table\ndef upgrade(): return table('1')\n",
    "import in a function": "table = 1\ndef upgrade():\n    from json import loads as table\n    return table('2')\n",
    "class": "class table:\n    one = 1\ndef upgrade(): return table.one\n",
    "decorator": "def table(f): return f\n@table\ndef upgrade(): return 1\n",
    "text of other letters": "é = 'é'; table = 1; ü = table\ndef upgrade(): return ü, é\n",
    "format": "table = 1\ndef upgrade(): return f'{table}'\n",
    "walrus": "table = 1\ndef upgrade(): return [table := 2 for _ in 'ab'], table\n",
}  # fmt: skip


def run(text: str, name: str) -> Any:
    """Return what a function of a module returns."""
    module: dict[str, Any] = {}
    exec(text, module)
    return module[name]()


@pytest.mark.parametrize("name", SOURCES)
def test_the_module_means_the_same(name):
    """It returns the same, under the new names."""
    text = SOURCES[name]
    found = renamed(Path("a1.py"), text, NEW)
    assert run(found, "_upgrade_a1") == run(text, "upgrade")
    assert "upgrade" not in found.replace("_upgrade_a1", "")


@pytest.mark.parametrize(
    "text",
    [
        "table = 1\nclass A:\n    table = 2\n",
        "table = 1\ndef f():\n    try: pass\n    except E as table: print(table)\n",
        "match 1:\n    case table: pass\n",
    ],
)
def test_what_is_not_clear_is_refused(text):
    """Rather than that another thing is meant."""
    with pytest.raises(ScriptError, match=r"a1.py has names that others have, too: table"):
        renamed(Path("a1.py"), text, {"table": "table_a1"})
