"""The open yardstick: a real ecosystem, unchanged, and what is claimed of it."""
