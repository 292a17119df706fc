"""The `portal` command: thin, over the same use cases as the pages. The clock and the environment are read here."""

from portal.cli.command import main

__all__ = ["main"]
