"""Machines that work for a workflow and are reached by ssh: ``[user@]host[:port]``."""

import ipaddress
import re
from collections.abc import Sequence

from torc_server.engine.errors import NotFound, RuleBroken
from torc_server.engine.ids import WorkflowId
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# Neither begins with a hyphen, which ssh would take for an option.
_WORKER = re.compile(
    r"(?:\w[\w.+-]*\$?@)?"
    r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)(?:%[\w.-]+)?\]|\w[\w.-]*)"
    r"(?::(?P<port>[0-9]{1,5}))?"
)
LARGEST_PORT = 65535
LONGEST_WORKER = 512


def require_worker(worker: str) -> None:
    """Refuse what ssh cannot reach; raises RuleBroken."""
    found = _WORKER.fullmatch(worker) if len(worker) <= LONGEST_WORKER else None
    if found is None or not _is_address(found["ipv6"]) or not _is_port(found["port"]):
        raise RuleBroken(
            "A remote worker is written as [user@]host[:port], with an IPv6 address in brackets",
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
    """Add workers to a workflow, all or none; one that it has already changes nothing. Raises RuleBroken."""
    for worker in workers:
        require_worker(worker)
    tx.execute_many(ADD_WORKER, ({"workflow_id": workflow_id, "worker": worker} for worker in workers))


def workers_of(tx: Transaction, workflow_id: WorkflowId) -> list[str]:
    """Give the workflow's workers, in the order of the alphabet."""
    return [row["worker"] for row in tx.rows(WORKERS, {"workflow_id": workflow_id})]


def remove_worker(tx: Transaction, workflow_id: WorkflowId, worker: str) -> None:
    """Take a worker away from a workflow; raises NotFound."""
    if not tx.execute(REMOVE_WORKER, {"workflow_id": workflow_id, "worker": worker}):
        raise NotFound(f"Workflow {workflow_id} has no remote worker {worker!r}")
