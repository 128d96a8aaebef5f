"""pycparser's tree to the analyzer's own language. Nothing after this sees pycparser."""

from analyzer.cfront.lower.file import lower

__all__ = ["lower"]
