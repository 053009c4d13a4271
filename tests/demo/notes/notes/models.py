"""The tables of notes, in a metadata of its own."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, MetaData, String, Table, Text, false

metadata = MetaData()

notebook = Table(
    "notes_notebook",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", String(80), nullable=False),
)

note = Table(
    "notes_note",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("notebook_id", Integer, ForeignKey("notes_notebook.id"), nullable=False),
    Column("body", Text, nullable=False),
    Column("pinned", Boolean, server_default=false(), nullable=False),
)
