"""dbman, Alembic, Flask-Migrate and Django at the same work: `scripts/bench`."""
