"""The pytest plugin for skipped tests: with CI=true a skip is a failure, and `make test` reports all skips at its end.

With TORC_TEST_SKIPS, each run of pytest appends a line of JSON to that file: the numbers of tests by outcome, and the
reason of each skip. `tools/skipped_tests.py` prints the sum.
"""

import json
import os
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest

from support import needs

IS_CI = os.environ.get("CI", "").lower() in {"1", "true"}


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return the reason of a skip, without the place that pytest puts before it."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


def refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure where CI=true, unless a CI machine may lack what the test needs."""
    if IS_CI and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        reason = reason_of(report)
        if not needs.may_be_absent(reason):
            report.outcome = "failed"
            report.longrepr = f"skipped, which CI=true does not allow: {reason}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Refuse the skip of a test."""
    report = yield
    refuse(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Refuse the skip of a module."""
    report = yield
    refuse(report)
    return report


class Recorder:
    """Counts the outcomes of one run of pytest and writes them to a file at the end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.outcomes: Counter[str] = Counter()
        self.reasons: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test by its call, or by the phase that kept it from being called."""
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.outcome] += 1
        if report.skipped and not hasattr(report, "wasxfail"):
            self.reasons.append(reason_of(report))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Count a module that could not be imported or was skipped as one test."""
        if report.outcome != "passed":
            self.outcomes[report.outcome] += 1
        if report.skipped:
            self.reasons.append(reason_of(report))

    def pytest_sessionfinish(self) -> None:
        """Append one line, in one write: several runs may end at the same moment."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            file.write(json.dumps({**self.outcomes, "reasons": self.reasons}) + "\n")


def pytest_configure(config: pytest.Config) -> None:
    """Record in the process that gets all reports: with xdist, the one without workerinput."""
    path = os.environ.get("TORC_TEST_SKIPS")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(Path(path)))
