"""Notes: notebooks that know nothing of acme."""
