"""`python -m batch` is the same command as `classbatch`."""

from batch.cli.main import run

if __name__ == "__main__":
    run()
