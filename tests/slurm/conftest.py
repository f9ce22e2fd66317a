"""The cluster of the tests. Without TORC_TEST_SLURM, which `make test-slurm` sets, nothing here is collected."""

import os
from collections.abc import Iterator

import pytest

from slurm.cluster import CannotStartError, Cluster, running_cluster

collect_ignore_glob = [] if os.environ.get("TORC_TEST_SLURM") else ["test_*.py"]


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
        pytest.exit(str(error), returncode=1)
