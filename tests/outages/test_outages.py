"""Hosts that are apart do not reach their server for some seconds. `python -m outages` performs longer outages."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from outages.checking import findings
from outages.performing import Performed, perform
from outages.table import transcript
from support.hosts import required

pytestmark = [*required(), pytest.mark.timeout(300)]
SECONDS = 5.0
KINDS = ("drop", "reset", "one way", "no data", "kill -9")


def test_every_job_has_one_result_and_every_command_reports_what_it_did(tmp_path: Path) -> None:
    """The outages are performed at once, since programs mostly wait in them."""

    def performed(kind: str) -> Performed:
        return perform(kind, SECONDS, tmp_path / kind.replace(" ", "-"), large_jobs=3000)

    with ThreadPoolExecutor(len(KINDS)) as pool:
        outages = [*pool.map(performed, KINDS)]
    wrong = [(each, found) for each in outages if (found := [*findings(each)])]
    assert not wrong, "\n".join(f"{each.kind}: {found}\n" + "\n".join(transcript(each)) for each, found in wrong)
