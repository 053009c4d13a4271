"""What commands show: results of the manager turned into pages, for people and for programs."""
