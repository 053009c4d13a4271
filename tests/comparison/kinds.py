"""The changes: the arguments of a table before and after, and tables beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dbman.compat import is_sqlalchemy_1

BOTH = ("sqlite", "postgresql")
SERVER = ("postgresql",)
ID = 'Column("id", Integer, primary_key=True)'
NAME = 'Column("name", String(40))'
COLLATIONS = {"sqlite": "NOCASE", "postgresql": "C"}


@dataclass(frozen=True)
class Kind:
    """One kind of change; ``{t}`` stands for the name of its table, ``{c}`` for a collation."""

    title: str
    """What changes, in a few words."""
    before: str | None
    """The arguments of the table before, after its key and `name`; None for no table."""
    after: str | None
    """The same afterwards."""
    dialects: tuple[str, ...] = BOTH
    """Where there is such a thing."""
    beside: tuple[str, str] = ("", "")
    """Further tables, before and after."""
    head: tuple[str, str] = (f"{ID}, {NAME}", f"{ID}, {NAME}")
    """The arguments of the table that come first."""
    rename: tuple[str, ...] = ()
    """What `--rename` says."""
    new_name: str = "{t}"
    """The name of the table afterwards."""
    keeps: str | None = "name"
    """The column that holds afterwards what `name` held; None where no row can be there."""
    newer: bool = False
    """Whether SQLAlchemy 1.4 cannot say it."""
    told: str = ""
    """What dbman says about what it does not write."""

    def models(self, table: str, dialect: str, after: bool) -> str:
        """Return the code of the tables."""
        rest = self.after if after else self.before
        name = self.new_name if after else "{t}"
        found = [] if rest is None else [f'Table("{name}", metadata, {self.head[after]}, {rest})']
        found.append(self.beside[after])
        code = "\n".join(found)
        return code.replace("{t}", table).replace("{c}", COLLATIONS[dialect])


def _column(arguments: str) -> str:
    return f'Column("extra", {arguments})'


def _parent(name: str) -> str:
    return f'Table("{{t}}_{name}", metadata, {ID})'


def _key(options: str = "", target: str = "parent") -> str:
    return _column(f'Integer, ForeignKey("{{t}}_{target}.id", name="fk_{{t}}"{options})')


_PARENT = (_parent("parent"), _parent("parent"))
_CHECK = 'CheckConstraint("extra > {}", name="ck_{{t}}_extra")'.format
_INT = _column("Integer")
_PLAIN = f"{ID}, {NAME}"
_MOOD = _column('Enum("sad", "ok", name="{t}_mood")')
_MORE_MOOD = _column('Enum("sad", "ok", "happy", name="{t}_mood")')
_STATUS = 'Enum({}, name="{{t}}_status", native_enum=False, create_constraint=True)'.format

TABLES = (
    Kind("new table", None, _INT),
    Kind(
        "new table with a check of a column and an index on an expression",
        None,
        _column('Integer, CheckConstraint("extra > 0")') + ', Index("ix_{t}", text("lower(name)"))',
    ),
    Kind("table gone", _INT, None, keeps=None),
    Kind(
        "table renamed",
        _column("Numeric(5, 1)"),
        _column("Numeric(5, 1)"),
        rename=("{t}:{t}_new",),
        new_name="{t}_new",
    ),
    Kind(
        "table renamed, with an index and a foreign key to it",
        _column("Numeric(6, 1), index=True"),
        _column("Numeric(6, 1), index=True"),
        rename=("{t}:{t}_new",),
        new_name="{t}_new",
        beside=(
            f'Table("{{t}}_line", metadata, {ID}, Column("p", ForeignKey("{{t}}.id")))',
            f'Table("{{t}}_line", metadata, {ID}, Column("p", ForeignKey("{{t}}_new.id")))',
        ),
    ),
    Kind("comment of a table", 'comment="old"', 'comment="new"', SERVER),
)
COLUMNS = (
    Kind("new column", "", _column("String(20)")),
    Kind("new column of a custom type", "", _column("Colour()")),
    Kind(
        "new NOT NULL column with a server default",
        "",
        _column('Integer, nullable=False, server_default="7"'),
    ),
    Kind("new NOT NULL column with a default", "", _column("Integer, nullable=False, default=7")),
    Kind(
        "new NOT NULL column without a default",
        "",
        _column("Integer, nullable=False"),
        keeps=None,
        told="give {t}.extra a value in the rows that are there",
    ),
    Kind("new computed column", "", _column('Integer, Computed("id + 1", persisted=True)')),
    Kind("column gone", _INT, ""),
    Kind(
        "column renamed",
        "",
        "",
        head=(_PLAIN, f'{ID}, Column("title", String(40))'),
        rename=("{t}.name:{t}.title",),
        keeps="title",
    ),
    Kind(
        "column renamed, with an index and a check on it",
        'Index("ix_{t}_name", "name"), CheckConstraint("name <> \'x\'", name="ck_{t}_x")',
        'Index("ix_{t}_title", "title"), CheckConstraint("title <> \'x\'", name="ck_{t}_x")',
        head=(_PLAIN, f'{ID}, Column("title", String(40))'),
        rename=("{t}.name:{t}.title",),
        keeps="title",
    ),
    Kind("VARCHAR(40) to VARCHAR(80)", _column("String(40)"), _column("String(80)")),
    Kind("VARCHAR(40) to VARCHAR", _column("String(40)"), _column("String")),
    Kind("VARCHAR to TEXT", _column("String(40)"), _column("Text")),
    Kind("INTEGER to BIGINT", _INT, _column("BigInteger")),
    Kind("INTEGER to VARCHAR", _INT, _column("String(20)")),
    Kind("VARCHAR to INTEGER", _column("String(20)"), _INT),
    Kind("NUMERIC(8, 2) to NUMERIC(10, 4)", _column("Numeric(8, 2)"), _column("Numeric(10, 4)")),
    Kind("collation", _column("String(20)"), _column('String(20, collation="{c}")')),
    Kind("NOT NULL comes", _INT, _column("Integer, nullable=False, default=0")),
    Kind("NOT NULL goes", _column('Integer, nullable=False, server_default="0"'), _INT),
    Kind("comment of a column", _INT, _column('Integer, comment="new"'), SERVER),
    Kind("JSON to JSONB", _column("JSON"), _column("postgresql.JSONB"), SERVER),
    Kind(
        "INTEGER to an array", _INT, _column("ARRAY(Integer)"), SERVER,
    ),
)  # fmt: skip
DEFAULTS = (
    Kind("server default comes", _INT, _column('Integer, server_default="5"')),
    Kind(
        "server default changes",
        _column('Integer, server_default="5"'),
        _column('Integer, server_default="6"'),
    ),
    Kind("server default goes", _column('Integer, server_default="5"'), _INT),
    Kind(
        "server default is a function",
        _column("DateTime"),
        _column("DateTime, server_default=func.now()"),
    ),
    Kind(
        "server default of text with quotes",
        _column("String(20)"),
        _column('String(20), server_default="it\'s"'),
    ),
    Kind(
        "computed column changes",
        _column('Integer, Computed("id + 1", persisted=True)'),
        _column('Integer, Computed("id + 2", persisted=True)'),
    ),
    Kind("column becomes computed", _INT, _column('Integer, Computed("id + 1", persisted=True)')),
    Kind(
        "column is computed no longer",
        _column('Integer, Computed("id + 1", persisted=True)'),
        _INT,
        told="{t}.extra is computed no longer: keep its values",
    ),
    Kind(
        "serial key becomes an identity",
        "",
        "",
        SERVER,
        head=(_PLAIN, f'Column("id", Integer, Identity(), primary_key=True), {NAME}'),
    ),
    Kind(
        "identity changes",
        "",
        "",
        SERVER,
        head=(
            f'Column("id", Integer, Identity(), primary_key=True), {NAME}',
            f'Column("id", Integer, Identity(always=True), primary_key=True), {NAME}',
        ),
    ),
    Kind(
        "identity goes",
        "",
        "",
        SERVER,
        head=(
            f'Column("id", Integer, Identity(), primary_key=True), {NAME}',
            f'Column("id", Integer, primary_key=True, autoincrement=False), {NAME}',
        ),
    ),
)
CONSTRAINTS = (
    Kind("primary key of more columns", _column("Integer, default=0"), _INT, head=(
        _PLAIN, f'{ID}, Column("name", String(40), primary_key=True)'), keeps=None),
    Kind("primary key of another column", _INT, _column("Integer"), head=(
        _PLAIN, 'Column("id", Integer), Column("name", String(40), primary_key=True)'), keeps=None),
    Kind("unique constraint comes", "", 'UniqueConstraint("name", name="uq_{t}")'),
    Kind("unique constraint goes", 'UniqueConstraint("name", name="uq_{t}")', ""),
    Kind(
        "unique constraint of more columns",
        f'{_INT}, UniqueConstraint("name", name="uq_{{t}}")',
        f'{_INT}, UniqueConstraint("name", "extra", name="uq_{{t}}")',
    ),
    Kind(
        "unique constraint takes NULL for a value",
        'UniqueConstraint("name", name="uq_{t}")',
        'UniqueConstraint("name", name="uq_{t}", postgresql_nulls_not_distinct=True)',
        SERVER,
        newer=True,
    ),
    Kind("foreign key comes", _INT, _key(), beside=_PARENT),
    Kind("foreign key goes", _key(), _INT, beside=_PARENT),
    Kind("ON DELETE of a foreign key", _key(), _key(', ondelete="CASCADE"'), beside=_PARENT),
    Kind("foreign key is checked at the end", _key(), _key(', initially="DEFERRED", deferrable=True'),
         beside=_PARENT),
    Kind(
        "foreign key to another table",
        _key(),
        _key(target="other"),
        beside=(f"{_parent('parent')}\n{_parent('other')}",) * 2,
    ),
    Kind("check comes", _INT, f"{_INT}, {_CHECK(0)}"),
    Kind("check goes", f"{_INT}, {_CHECK(0)}", _INT),
    Kind("check changes", f"{_INT}, {_CHECK(0)}", f"{_INT}, {_CHECK(1)}"),
    Kind("check without a name comes", _INT, f'{_INT}, CheckConstraint("extra > 0")'),
    Kind("new column with a check", "", _column('Integer, CheckConstraint("extra > 0")')),
    Kind("new column of a checked enum", "", _column(_STATUS('"a", "b"'))),
    Kind("value of a checked enum", _column(_STATUS('"a", "b"')), _column(_STATUS('"a", "bcd"'))),
    Kind(
        "exclude constraint comes",
        "",
        'postgresql.ExcludeConstraint(("name", "="), using="btree", name="ex_{t}")',
        SERVER,
    ),
)  # fmt: skip
INDEXES = (
    Kind("index comes", "", 'Index("ix_{t}", "name")'),
    Kind("index goes", 'Index("ix_{t}", "name")', ""),
    Kind("index becomes unique", 'Index("ix_{t}", "name")', 'Index("ix_{t}", "name", unique=True)'),
    Kind("index of more columns", 'Index("ix_{t}", "name")', 'Index("ix_{t}", "name", "id")'),
    Kind("index on an expression comes", "", 'Index("ix_{t}", text("lower(name)"))'),
    Kind(
        "index on another expression",
        'Index("ix_{t}", text("lower(name)"))',
        'Index("ix_{t}", text("upper(name)"))',
    ),
    Kind(
        "condition of an index",
        'Index("ix_{t}", "name", sqlite_where=text("id > 1"), postgresql_where=text("id > 1"))',
        'Index("ix_{t}", "name", sqlite_where=text("id > 2"), postgresql_where=text("id > 2"))',
    ),
    Kind(
        "method of an index",
        'Index("ix_{t}", "name")',
        'Index("ix_{t}", "name", postgresql_using="hash")',
        SERVER,
    ),
)
ENUMS = (
    Kind("new table with an enum", None, _MOOD, SERVER),
    Kind("new column of an enum", "", _MOOD, SERVER),
    Kind("new column of an enum that is there", _MOOD, f"{_MOOD}, {_MOOD.replace('extra', 'e2')}", SERVER),
    Kind("column of an enum goes", _MOOD, "", SERVER),
    Kind("table with an enum goes", _MOOD, None, SERVER, keeps=None),
    Kind("value of an enum comes", _MOOD, _MORE_MOOD, SERVER),
    Kind("value of an enum goes", _MORE_MOOD, _MOOD, SERVER),
    Kind("VARCHAR to an enum", _column("String(10)"), _MOOD, SERVER),
)  # fmt: skip
SEEN = (
    Kind(
        "trigger that a model makes by an event",
        "",
        "",
        ("sqlite",),
        beside=(
            "",
            'event.listen(metadata.tables["{t}"], "after_create", DDL("CREATE TRIGGER tr_{t}'
            ' AFTER DELETE ON {t} BEGIN SELECT 1; END"))',
        ),
        told="trigger tr_{t} is new",
    ),
    Kind(
        "AUTOINCREMENT",
        "",
        "sqlite_autoincrement=True",
        ("sqlite",),
        told="option AUTOINCREMENT is new",
    ),
)
KINDS = (*TABLES, *COLUMNS, *DEFAULTS, *CONSTRAINTS, *INDEXES, *ENUMS, *SEEN)


def numbered(dialect: str) -> Iterator[tuple[str, Kind]]:
    """Yield the kinds of a dialect, each with the name of its table."""
    for number, kind in enumerate(KINDS, 1):
        if dialect in kind.dialects and not (kind.newer and is_sqlalchemy_1()):
            yield f"k{number:02}", kind
