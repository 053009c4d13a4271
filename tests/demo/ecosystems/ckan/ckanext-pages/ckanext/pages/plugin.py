"""What CKAN loads."""


class Plugin:
    """Says nothing about models."""
