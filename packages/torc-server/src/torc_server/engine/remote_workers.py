"""Remote workers: machines that run jobs of a workflow and are reached by ssh, as ``[name=][user@]host[:port]``.

With names, several workers can be on one machine.
"""

import ipaddress
import re
from collections.abc import Sequence

from torc_server.engine.errors import NotFound, RuleBroken
from torc_server.engine.ids import WorkflowId
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# No part may begin with a hyphen; ssh would read it as an option.
_WORKER = re.compile(
    r"(?:\w[\w.-]*=)?"
    r"(?:\w[\w.+-]*\$?@)?"
    r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)(?:%[\w.-]+)?\]|\w[\w.-]*)"
    r"(?::(?P<port>[0-9]{1,5}))?"
)
LARGEST_PORT = 65535
LONGEST_WORKER = 512


def require_worker(worker: str) -> None:
    """Raise RuleBroken for an address that ssh does not accept."""
    found = _WORKER.fullmatch(worker) if len(worker) <= LONGEST_WORKER else None
    if found is None or not _is_address(found["ipv6"]) or not _is_port(found["port"]):
        raise RuleBroken(
            "A remote worker is written as [name=][user@]host[:port], with an IPv6 address in brackets",
            field="worker",
            value=worker,
        )


def _is_address(ipv6: str | None) -> bool:
    try:
        return ipv6 is None or bool(ipaddress.IPv6Address(ipv6))
    except ValueError:
        return False


def _is_port(port: str | None) -> bool:
    return port is None or 0 < int(port) <= LARGEST_PORT


ADD_WORKER = Statement("INSERT OR IGNORE INTO remote_worker (workflow_id, worker) VALUES (:workflow_id, :worker)")
WORKERS = Statement("SELECT worker FROM remote_worker WHERE workflow_id = :workflow_id ORDER BY worker", hot=True)
REMOVE_WORKER = Statement("DELETE FROM remote_worker WHERE workflow_id = :workflow_id AND worker = :worker")


def add_workers(tx: Transaction, workflow_id: WorkflowId, workers: Sequence[str]) -> None:
    """Add workers to a workflow, all or none. A worker that it already has is ignored. Raises RuleBroken."""
    for worker in workers:
        require_worker(worker)
    tx.execute_many(ADD_WORKER, ({"workflow_id": workflow_id, "worker": worker} for worker in workers))


def workers_of(tx: Transaction, workflow_id: WorkflowId) -> list[str]:
    """Return the workers of a workflow in alphabetical order."""
    return [row["worker"] for row in tx.rows(WORKERS, {"workflow_id": workflow_id})]


def remove_worker(tx: Transaction, workflow_id: WorkflowId, worker: str) -> None:
    """Remove a worker from a workflow. Raises NotFound."""
    if not tx.execute(REMOVE_WORKER, {"workflow_id": workflow_id, "worker": worker}):
        raise NotFound(f"Workflow {workflow_id} has no remote worker {worker!r}")
