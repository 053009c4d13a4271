"""What dbman is told about ${project.name}."""

% for line in imports:
${line}
% endfor

extension = Extension(
    metadata=${design.metadata},
    versions=${quoted(project.package + ":migrations")},
    prefix=${quoted(design.prefix)},
% if foundation:
    requires=[${quoted(foundation.name)}],
% endif
)
