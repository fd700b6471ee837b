"""`python -m talent_registry`: the same as the command `talent-registry`."""

from talent_registry.cli import main

if __name__ == "__main__":
    main()
