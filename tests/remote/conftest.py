"""A server and three hosts that run its jobs."""

from collections.abc import Iterator

import pytest

from support.processes import Place
from support.remote_hosts import RemoteHosts, remote_hosts
from support.remote_workflow import RemoteWorkflow


@pytest.fixture
def hosts(place: Place) -> Iterator[RemoteHosts]:
    """Three hosts that ssh reaches."""
    with remote_hosts(place) as hosts:
        yield hosts


@pytest.fixture
def is_protected() -> bool:
    """Whether the server requires a password."""
    return False


@pytest.fixture
def workflow(place: Place, hosts: RemoteHosts, is_protected: bool) -> Iterator[RemoteWorkflow]:
    """A server that the hosts reach, and the commands of a workflow."""
    with RemoteWorkflow(place, hosts, is_protected=is_protected) as workflow:
        yield workflow
