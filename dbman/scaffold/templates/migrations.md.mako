The migrations of ${project.name}, on a branch of their own. `dbman generate ${project.name} -m "what changes"` adds one.
