"""Run by Alembic alone: it wants a server and a configuration."""

raise RuntimeError("no server is configured")
