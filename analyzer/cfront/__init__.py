"""C text to pycparser's tree: tokens, preprocessor, type discovery, repair, recovery."""

from analyzer.cfront.holes import HOLE, OPAQUE
from analyzer.cfront.parse import Parsed, parse_file
from analyzer.cfront.sources import Sources

__all__ = ["HOLE", "OPAQUE", "Parsed", "Sources", "parse_file"]
