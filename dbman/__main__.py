"""Run the command line with `python -m dbman`."""

from dbman.cli import run

if __name__ == "__main__":
    run()
