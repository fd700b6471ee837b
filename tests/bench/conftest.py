"""Says at the end of a run of benchmarks how its figures stand to the goals."""

import pytest

from tests.bench import goals


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The one table of goals, figures and verdicts."""
    if told := goals.table():
        terminalreporter.section("goals")
        terminalreporter.write_line(told)
