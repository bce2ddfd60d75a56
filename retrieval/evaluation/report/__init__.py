"""An evaluation that a person can look at: one page with measures, their intervals, two plots and every miss."""

from retrieval.evaluation.report.writing import ReportError, check, write

__all__ = ["ReportError", "check", "write"]
