"""Acme, a small shop: the core application of dbman's demo."""
