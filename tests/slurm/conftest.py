"""The cluster of the tests. Without TORC_TEST_SLURM, which `make test-slurm` sets, nothing here is collected."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from slurm.cluster import CannotStartError, Cluster, running_cluster
from slurm.configuration import HEAD
from slurm.evidence import evidence
from slurm.scenarios import PASSWORD, PROPERTY, Site, freed
from support.processes import SERVICE, Place, Server

HERE = Path(__file__).parent
LIMIT_SECONDS = 900
collect_ignore_glob = [] if os.environ.get("TORC_TEST_SLURM") else ["test_*.py"]


def pytest_sessionstart(session: pytest.Session) -> None:
    """End with one sentence where there can be no cluster, before each worker of pytest-xdist starts one."""
    if not collect_ignore_glob and not hasattr(session.config, "workerinput"):
        try:
            Cluster(Path("/nonexistent")).check()
        except CannotStartError as error:
            pytest.exit(f"{error}\nSet SKIP_SLURM=1 to leave out the tests on a cluster.", returncode=1)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of three nodes with accounting."""
    # munged refuses a directory that others can write, and jobs of other users must reach theirs.
    folder = tmp_path_factory.mktemp("slurm")
    for each in (folder, *list(folder.parents)[:-2]):
        each.chmod(0o755)
    try:
        with running_cluster(folder / "cluster") as cluster:
            yield cluster
    except CannotStartError as error:
        if "PYTEST_XDIST_WORKER" in os.environ:
            # A worker that exits gives no reason.
            pytest.fail(str(error), pytrace=False)
        pytest.exit(str(error), returncode=1)


@pytest.fixture
def site(place: Place, cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A folder with a server that requires passwords. The password is in a variable."""
    place.environment["SLURM_CONF"] = cluster.environment["SLURM_CONF"]
    place.environment["PATH"] += f":{cluster.environment['PATH']}"
    place.run("torc-htpasswd", "add", "--allow-weak", "-f", "users", "tester", "-p", PASSWORD, "-c", "4")
    place.environment["TORC_PASSWORD"] = PASSWORD
    users = str(place.directory / "users")
    with Server(place, "--host", HEAD, "--auth-file", users, "--require-auth", "--enforce-access-control") as server:
        place.environment["TORC_API_URL"] = f"http://{HEAD}:{server.port}{SERVICE}"
        site = Site(place, cluster, request)
        yield site
        freed(site)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test more time than it can wait for Slurm. The first test of a process starts a cluster."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.timeout(LIMIT_SECONDS))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what Slurm, the runners and the server did during a test that failed."""
    report = yield
    cluster, folder = (item.funcargs.get(name) for name in ("cluster", "tmp_path"))
    if report.failed and isinstance(cluster, Cluster):
        report.sections += evidence(cluster, folder if isinstance(folder, Path) else None)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the scenarios counted."""
    counts = sorted(
        (int(value.split()[0]), value)
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "call"
        for name, value in report.user_properties
        if name == PROPERTY
    )
    if counts:
        terminalreporter.section("scenarios")
        for _, line in counts:
            terminalreporter.line(line)
