"""Hosts that are apart, for tests of networks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.hosts import Hosts


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[Hosts]:
    """No host yet; `hosts.add` adds one."""
    with Hosts(tmp_path) as hosts:
        yield hosts
