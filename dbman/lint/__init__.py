"""Do the scripts keep the rules? One file per rule, on what a replay has recorded."""
