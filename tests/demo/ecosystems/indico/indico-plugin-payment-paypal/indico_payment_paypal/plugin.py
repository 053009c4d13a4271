"""What Indico loads."""


class PaypalPlugin:
    """Says nothing about models."""
