"""Seeded faults in the demo extensions, and which tool catches which."""
