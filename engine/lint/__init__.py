"""The one lint of the house, for `anlan lint`, for deploy and for the modeler: it refuses what the engine would run wrongly."""
from engine.lint.finding import Finding, Known, Severity
from engine.lint.run import lint, lint_dmn, lint_file, report

__all__ = ["Finding", "Known", "Severity", "lint", "lint_dmn", "lint_file", "report"]
