"""Faults on purpose: kills, signals, full disks, hostile scripts, crowds; on dbman and on Alembic."""
