"""Do the scripts keep the rules? One file per rule, on what is read and what a replay recorded.

- `interface`: what a rule is, and what it finds
- `case`: what rules look at: the scripts, their graph and owners, the recording of a replay
- `recording/`: the replay on a scratch database, each operation with its line
- `rules/`: dbman's own rules; others come by the entry-point group ``dbman.rules``
- `registry`, `selection`, `comments`: which rules there are, and where they hold
- `linting`: runs them; `changed` asks git which scripts are new
- `fixing`, `baseline`: write scripts anew, and the file of what is released
- `formats/`: the findings for GitHub and as SARIF
"""

from __future__ import annotations

from dbman.lint.baseline import Baselines, write_baselines
from dbman.lint.case import Case
from dbman.lint.fixing import Fixed, fix
from dbman.lint.interface import Finding, Rule, Severity
from dbman.lint.linting import lint
from dbman.lint.registry import find_own_rules, find_rule, find_rules
from dbman.lint.results import Linted, NotRun
from dbman.lint.sources import Source

__all__ = [
    "Baselines",
    "Case",
    "Finding",
    "Fixed",
    "Linted",
    "NotRun",
    "Rule",
    "Severity",
    "Source",
    "find_own_rules",
    "find_rule",
    "find_rules",
    "fix",
    "lint",
    "write_baselines",
]
