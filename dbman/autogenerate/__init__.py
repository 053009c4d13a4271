"""Write the next migration of one extension: what its models have and its scripts lack.

- `generating`: the way from a request to scripts
- `places`: where in the graph and on the disk it goes
- `drafting`: what it takes where something has changed
- `sides`, `narrowing`: what the migrations and the models build, and what of it is to be compared
- `comparing`: all migrations replayed on a scratch database, and Alembic's comparison by owner
- `wanted`, `matching`: what the models build, as facts, and how those of the migrations differ
- `steadying`: what Alembic leaves to chance, in one order
- `amending`, `draft`: what only facts show is put to Alembic's operations, or remarked on
- `columns`, `constraints`, `identities`, `enums`: how one difference is written
- `renames`: what has another name; `backfills`: NOT NULL on tables with rows
- `directives`: operations of dbman's own; `operations`: what each does, told in lines
- `naming`: names for constraints that have none
- `arranging`, `circles`: the order in a script, and of several; keys that go round in a circle
- `dependencies`: foreign keys into other extensions
- `composing`, `pending`: one script, and what it makes together with those there are
- `unnamed`: drops of what SQLite knows no name of
- `rendering`, `templates`: the text
- `writing`, `hooks`: the file, and what is run on it
"""

from __future__ import annotations

from dbman.autogenerate.generating import generate, generate_all
from dbman.autogenerate.renames import Rename
from dbman.autogenerate.results import Dependency, Generated, Generation

__all__ = ["Dependency", "Generated", "Generation", "Rename", "generate", "generate_all"]
