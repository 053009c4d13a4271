"""Names that the scripts take from here."""

EXPAND_BRANCH = "expand"
CONTRACT_BRANCH = "contract"
