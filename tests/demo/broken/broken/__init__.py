"""Broken: spare parts, with models that import a module that nobody has."""
