"""The rules of dbman, one file each: manners DBM1xx, danger DBM2xx, hygiene DBM3xx."""
