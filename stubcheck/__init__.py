"""The command line: finds files, runs the analyzer over them, prints what it found."""

__all__ = ["VERSION"]

VERSION = "0.1.0"
