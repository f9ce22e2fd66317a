"""The claims of a runner in an allocation name the scheduler configuration of the allocation."""

import runner_builders as build
from fake_workflow import FakeWorkflow
from torc_client.api.enums import ClaimJobsSortMethod
from torc_client.client import TorcClient
from torc_client.testing import FakeServer
from torc_runner.connection.claim import Claims
from torc_runner.machine.capacity import Capacity
from torc_runner.machine.instructions import ClaimRequest


async def test_claims_have_the_scheduler_configuration_of_the_allocation(serve, server: FakeServer) -> None:
    fake: FakeWorkflow = serve({})
    assert fake is not None
    total = build.resources(2, memory_gb=1)
    async with TorcClient(server.url) as client:
        claims = Claims(
            client, 1, 1, 1, key="k", sort_method=ClaimJobsSortMethod.NONE, capacity=Capacity(total),
            scheduler_config_id=5,
        )  # fmt: skip
        wanted = ClaimRequest(1, 1, offer=total)
        await claims.claim(wanted, 0)
        wish = claims.wish(wanted)
    (claim,) = server.calls_of("claim_jobs_based_on_resources")
    assert claim.body["scheduler_config_id"] == 5
    assert wish.offer is not None
    assert wish.whole is not None
    assert (wish.offer.scheduler_config_id, wish.whole.scheduler_config_id) == (5, 5)
