"""Kinds of changes of models, and what autogenerate of Alembic and of dbman makes of each."""
