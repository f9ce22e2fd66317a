"""Register a runner as a compute node, once: also if the answer to the registration is lost."""

from torc_client.answers import id_of
from torc_client.api.records import ComputeNodeModel
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, NotFoundError
from torc_client.paging import iterate


class Registration:
    """The registration of one node. `record` has an identity that no other node has."""

    def __init__(self, client: TorcClient, record: ComputeNodeModel) -> None:
        self._client = client
        self._record = record
        self._is_repeated = False

    async def register(self) -> int:
        """Create the node and return its id. Raises TorcError; it may be called again after that.

        A node of an earlier call, whose answer was lost, is signed off first.
        """
        if self._is_repeated and self._record.host_identity:
            await self._give_up_lost()
        self._is_repeated = True
        return id_of(await self._client.compute_nodes.create_compute_node(self._record))

    async def _give_up_lost(self) -> None:
        record, nodes = self._record, self._client.compute_nodes
        found = iterate(
            nodes.list_compute_nodes,
            workflow_id=record.workflow_id,
            hostname=record.hostname,
            is_active=True,
            limit=1000,
        )
        lost = [id_of(node) async for node in found if node.host_identity == record.host_identity]
        for node_id in lost:
            try:
                await nodes.give_up_compute_node(node_id)
            except (ConflictError, NotFoundError):
                continue
