"""`python -m batch` is the same command as `classbatch`."""

from batch.cli.main import main

if __name__ == "__main__":
    main()
