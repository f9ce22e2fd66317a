"""Workers over ssh whose host does not reach the server, or whose runner, tunnel or server is killed."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from outages.remote_workers import REMOTE_OUTAGES, RemotePerformed, perform_remote, remote_findings, remote_lines
from support.remote_hosts import REMOTE_HOSTS

pytestmark = [*REMOTE_HOSTS, pytest.mark.timeout(300)]
SECONDS = 5.0
KINDS = {False: ("drop", "in", "server killed", "runner killed"), True: ("out", "reject", "tunnel killed")}


@pytest.mark.parametrize("tunnel", [False, True], ids=["direct", "tunnel"])
def test_every_job_has_one_result(tmp_path: Path, *, tunnel: bool) -> None:
    def performed(kind: str) -> RemotePerformed:
        return perform_remote(kind, SECONDS, tmp_path / kind.replace(" ", "-"), tunnel=tunnel)

    assert set(KINDS[tunnel]) <= set(REMOTE_OUTAGES)
    with ThreadPoolExecutor(len(KINDS[tunnel])) as pool:
        outages = [*pool.map(performed, KINDS[tunnel])]
    wrong = [(each, found) for each in outages if (found := [*remote_findings(each)])]
    assert not wrong, "\n".join(f"{found}\n" + "\n".join(remote_lines(each)) for each, found in wrong)
