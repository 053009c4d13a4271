"""One table of bad inputs: each is a whole process, its exact message, and nothing that changed."""
