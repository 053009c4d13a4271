"""What an outline promises of a script, and scripts drawn at random to hold it against."""

from __future__ import annotations

from textwrap import indent

from hypothesis import strategies as st

from dbman.bodies import Body, Outline, words_of

IMPORTS = "import sqlalchemy as sa\nfrom alembic import op\n"
_TABLE = st.sampled_from(["user", "role", "9lives", "a-b", "s.user", "item", "user_role"])
_NAME = st.sampled_from(
    [
        '"{table}"',
        "'{table}'",
        'u"{table}"',
        '"""{table}"""',
        '("{table}")',
        '"{table}"  # create\n',
        'op.f("{table}")',
        '"item" if sa else "{table}"',
        '"{head}" "{tail}"',
        'f"{{HEAD}}{tail}"',
        'Rf"{{HEAD}}{tail}"',
        '"%s{tail}" % HEAD',
        'HEAD + "{tail}"',
        '"{{}}{tail}".format(HEAD)',
        '"{escaped}{tail}"',
        "NAME",
    ]
)
_STATEMENT = st.sampled_from(
    [
        'op.create_table({name}, sa.Column("id", sa.Integer))',
        'op.create_table({name}, schema="s")',
        "op.create_table(table_name={name})",
        'op.create_table(\n    # one\n    {name},\n    sa.Column("id"),\n)',
        'sa.Table({name}, sa.MetaData(), sa.Column("id")).create(op.get_bind())',
        "op.drop_table({name})",
        'op.rename_table("{table}", {name})',
        'op.add_column({name}, sa.Column("user", sa.Integer))',
        'op.add_column("{table}", sa.Column("x", sa.ForeignKey("user.id")))',
        'op.create_foreign_key("fk", "{table}", {name}, ["x"], ["user"])',
        'op.execute("CREATE TABLE {table} (id INT)")',
        'op.execute("create /* a */ table \\"{table}\\" (id INT)")',
        "op.execute('ALTER TABLE role RENAME TO \"{table}\"')",
        "op.execute('INSERT INTO \"{table}\" SELECT * FROM s.role')",
        'op.execute(\n    """\n    UPDATE {table} SET x = 1;\n    DELETE FROM "role"\n    """\n)',
        "for each in ({name}, NAME):\n    op.drop_table(each)",
        "with op.batch_alter_table({name}) as batch:\n    batch.drop_column('user')",
        '"""Says create_table("x", and nothing."""',
        '# op.create_table("{table}")',
        "pass",
    ]
)


@st.composite
def upgrades(draw: st.DrawFn) -> str:
    """Draw the text of a script that makes and names a few tables, in many ways of writing."""
    before = draw(st.sampled_from(["", '"""create\n\nCreate Date: 2024"""\n', "'''it\"s'''\n"]))
    table = draw(_TABLE)
    parts = {
        "table": table,
        "head": table[0],
        "tail": table[1:],
        "escaped": rf"\x{ord(table[0]):x}",
    }
    statements = []
    for _ in range(draw(st.integers(1, 3))):
        name = draw(_NAME).format(**parts)
        statements.append(draw(_STATEMENT).format(name=name, table=table))
    body = indent("\n".join([*statements, "pass"]), "    ")
    names = f'HEAD = "{table[0]}"\nNAME = "item"\n'
    return f"{before}{IMPORTS}{names}\ndef upgrade():\n{body}\n"


def require_covered(body: Body, outline: Outline | None) -> None:
    """Assert that an outline shows of a body what it promises."""
    if outline is None:
        return
    renamed = (name for pair in body.renames for name in pair)
    columns = (column.table for column in body.adds | body.references)
    for table in {*body.makes, *body.drops, *body.alters, *body.names, *renamed, *columns}:
        assert words_of(table) <= outline.words, table
    for table in body.makes:
        assert any(words_of(name) <= words_of(table) for name in outline.makes), table
