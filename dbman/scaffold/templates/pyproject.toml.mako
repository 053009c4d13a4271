[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = ${quoted(project.distribution)}
version = "0.1.0"
description = ${quoted(f"The tables of {project.name} and their migrations")}
readme = "README.md"
requires-python = ">=3.11"
dependencies = [
% for each in design.dependencies:
    ${quoted(each)},
% endfor
]

[project.optional-dependencies]
test = ["pytest>=8"]

% for group, value in design.points.items():
[project.entry-points.${key(group)}]
${project.name} = ${quoted(value)}

% endfor
[tool.hatch.build.targets.wheel]
packages = [${quoted("src/" + project.package)}]

[tool.pytest.ini_options]
testpaths = ["tests"]
% if design.says_core:

[tool.dbman]
core = ${quoted(project.name)}
% endif
