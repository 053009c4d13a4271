"""${project.name}."""
