__pycache__/
.pytest_cache/
.venv/
build/
dist/
