"""Prints findings: for people, for programs, for code hosts.  All print the same `Report`."""

from analyzer.report.findings import Finding, Report
from analyzer.report.source_text import SourceText

__all__ = ["Finding", "Report", "SourceText"]
