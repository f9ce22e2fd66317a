"""What the jobs of a workflow required and used, for each requirements record and each group of jobs.

The current results are read by blocks of ids, and the figures of each block are remembered until it changes. So a
repeated question reads only the blocks in which results came, changed or went.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from torc_server.edge.lacked_resources import KillCodes, Limits
from torc_server.engine.ids import WorkflowId
from torc_server.engine.origins import database_id
from torc_server.engine.status import tallies
from torc_server.engine.status.use_figures import MOST_POINTS, Use, UseRow, combined, shares, use_of
from torc_server.engine.workflows import workflow_row
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# What an answer has at most: the records of most jobs, and the largest groups of each.
MOST_REQUIREMENTS = 100
MOST_GROUPS = 20
# Records beside each other whose groups are counted alone; the groups of others are not listed.
MOST_PAIRS = 300

# The values that the server gives to the record of jobs that name none. No user chose them: they limit nothing.
_DEFAULT = ("default", 2**20, 60)

STAMP = Statement("""
SELECT (SELECT MAX(id) FROM job WHERE workflow_id = :workflow_id),
    (SELECT number FROM job_group_change WHERE workflow_id = :workflow_id)
""")
PAIRS = Statement("""
SELECT resource_requirements_id, group_id, COUNT(*) FROM job WHERE workflow_id = :workflow_id
GROUP BY resource_requirements_id, group_id
""")
KEYS = Statement("SELECT id, key FROM job_group WHERE id IN (SELECT value FROM json_each(:ids))")
ASKED = Statement("""
SELECT id, workflow_id, name, num_cpus, num_gpus, num_nodes, memory, memory_bytes, runtime, runtime_seconds
FROM resource_requirements WHERE workflow_id = :workflow_id AND id IN (SELECT value FROM json_each(:ids))
""")
CODES = Statement("""
SELECT COALESCE(json_extract(execution_config, '$.oom_exit_code'), 137),
    COALESCE(json_extract(execution_config, '$.timeout_exit_code'), 152)
FROM workflow WHERE id = :workflow_id
""")
CHANGES = Statement("SELECT block, number FROM result_change WHERE workflow_id = :workflow_id")
NEWEST = Statement("SELECT MAX(id) FROM result WHERE workflow_id = :workflow_id")
RESULTS = Statement("""
SELECT job.resource_requirements_id, job.group_id, job.id, result.return_code, result.status,
    NULLIF(result.peak_memory_bytes, 0), NULLIF(result.peak_cpu_percent, 0), result.exec_time_minutes * 60
FROM result INDEXED BY result_workflow
CROSS JOIN job ON job.id = result.job_id AND job.current_result_id = result.id
WHERE result.workflow_id = :workflow_id AND result.id BETWEEN :first AND :last
""")
NAMES = Statement("SELECT id, name FROM job WHERE id IN (SELECT value FROM json_each(:ids))")


@dataclass(frozen=True, slots=True)
class Asked:
    """A requirements record. `limits` are the values that a user chose."""

    id: int
    workflow_id: int
    name: str
    num_cpus: int
    num_gpus: int
    num_nodes: int
    memory: str
    runtime: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class GroupUse:
    """What the jobs of a group used that have the same requirements record."""

    key: str
    num_jobs: int
    use: Use


@dataclass(frozen=True, slots=True)
class RequirementsUse:
    """What the jobs of a requirements record used, in all and by group, and some of them for a drawing."""

    asked: Asked
    num_jobs: int
    use: Use
    groups: list[GroupUse]
    groups_left_off: int
    points: Sequence[UseRow]


@dataclass(frozen=True, slots=True)
class ResourceUse:
    """The records of most jobs, the number of further ones, and the names of the jobs that are shown."""

    requirements: list[RequirementsUse]
    left_off: int
    job_names: dict[int, str]


@dataclass(frozen=True, slots=True)
class _Pairs:
    """The number of jobs of each pair of record and group, and of each record; those of most jobs are first.

    `records` are the records of the answer, `shown` the pairs that are counted alone.
    """

    jobs: dict[tuple[int, int], int]
    of_record: dict[int, int]
    records: list[int]
    shown: frozenset[tuple[int, int]]

    def groups_of(self, record_id: int) -> list[int]:
        """Return the groups of a record, the largest first."""
        return [group_id for owner, group_id in self.jobs if owner == record_id]


_Key = tuple[int, int | None]
_Block = dict[_Key, Use]
_StampedBlocks = dict[int, tuple[tuple[int, ...], _Block]]


@dataclass(frozen=True, slots=True)
class _Basis:
    """What the figures of a block depend on beside its results: they are stale if one of these changed."""

    changes: int | None
    shown: frozenset[tuple[int, int]]
    codes: KillCodes
    limits: dict[int, Limits]


@dataclass(frozen=True, slots=True)
class _Remembered:
    """What was read last of a workflow, each part with what it depends on."""

    pairs_stamp: tuple[object, ...]
    pairs: _Pairs
    basis: _Basis
    blocks: _StampedBlocks


MOST_REMEMBERED = 32
_REMEMBERED: dict[tuple[str, WorkflowId], _Remembered] = {}


def resource_use(tx: Transaction, workflow_id: WorkflowId) -> ResourceUse:
    """Return what jobs required, and what they used by their current results. Raises NotFound."""
    workflow_row(tx, workflow_id)
    which = {"workflow_id": workflow_id}
    place = database_id(tx), workflow_id
    remembered = _REMEMBERED.get(place)
    newest_job, changes = tx.row(STAMP, which) or (None, None)
    stamp = (tallies.tally(tx, tallies.JOBS, which).total, newest_job, changes)
    is_same = remembered is not None and remembered.pairs_stamp == stamp
    pairs = remembered.pairs if remembered is not None and is_same else _pairs(tx, workflow_id)
    asked = _asked(tx, workflow_id, pairs.records)
    codes = KillCodes(*(tx.row(CODES, which) or (137, 152)))
    basis = _Basis(changes, pairs.shown, codes, {each.id: each.limits for each in asked.values()})
    old = remembered.blocks if remembered is not None and remembered.basis == basis else {}
    blocks = _blocks(tx, workflow_id, basis, old)
    _remember(place, _Remembered(stamp, pairs, basis, blocks))
    return _answer(tx, pairs, asked, [block for _, block in blocks.values()])


def _remember(which: tuple[str, WorkflowId], remembered: _Remembered) -> None:
    # Several threads read. Each of these steps is safe alone, and the order does not matter.
    if len(_REMEMBERED) >= MOST_REMEMBERED and which not in _REMEMBERED:
        _REMEMBERED.clear()
    _REMEMBERED[which] = remembered


def _pairs(tx: Transaction, workflow_id: WorkflowId) -> _Pairs:
    found = {(row[0], row[1]): row[2] for row in tx.rows(PAIRS, {"workflow_id": workflow_id})}
    jobs = dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))
    of_record: dict[int, int] = {}
    for (record_id, _), number in jobs.items():
        of_record[record_id] = of_record.get(record_id, 0) + number
    ordered = dict(sorted(of_record.items(), key=lambda each: (-each[1], each[0])))
    records = list(ordered)[:MOST_REQUIREMENTS]
    chosen = set(records)
    shown = [pair for pair in jobs if pair[0] in chosen][:MOST_PAIRS]
    return _Pairs(jobs, ordered, records, frozenset(shown))


def _asked(tx: Transaction, workflow_id: WorkflowId, record_ids: Sequence[int]) -> dict[int, Asked]:
    found = {}
    for row in tx.rows(ASKED, {"workflow_id": workflow_id, "ids": json.dumps(record_ids)}):
        name, memory, runtime = _DEFAULT
        is_default = row["name"] == name
        limits = Limits(
            None if is_default and row["memory_bytes"] == memory else row["memory_bytes"],
            None if is_default and row["runtime_seconds"] == runtime else row["runtime_seconds"],
        )
        members = ("id", "workflow_id", "name", "num_cpus", "num_gpus", "num_nodes", "memory", "runtime")
        found[row["id"]] = Asked(**{member: row[member] for member in members}, limits=limits)
    return found


def _blocks(tx: Transaction, workflow_id: WorkflowId, basis: _Basis, old: _StampedBlocks) -> _StampedBlocks:
    """Return the figures of each block of results with its stamp; those that did not change are the old ones."""
    which = {"workflow_id": workflow_id}
    changes = {row[0]: row[1] for row in tx.rows(CHANGES, which)}
    newest = tx.value(NEWEST, which)
    blocks: _StampedBlocks = {}
    for block, number in tallies.tally(tx, tallies.CURRENT_RESULTS, which).blocks:
        if number:
            first = block * tallies.IDS_A_BLOCK
            last = first + tallies.IDS_A_BLOCK - 1
            # In the newest block, a result can come while another one goes.
            stamp = (number, changes.get(block, 0), min(newest, last))
            known = old.get(block)
            if known is None or known[0] != stamp:
                known = stamp, _block(tx, {**which, "first": first, "last": last}, basis)
            blocks[block] = known
    return blocks


def _block(tx: Transaction, which: dict[str, int], basis: _Basis) -> _Block:
    rows: dict[_Key, list[UseRow]] = {}
    for row in tx.each(RESULTS, which):
        pair = row[0], row[1]
        if row[0] in basis.limits:
            key = pair if pair in basis.shown else (row[0], None)
            rows.setdefault(key, []).append(UseRow(*row[2:]))
    return {key: use_of(found, basis.limits[key[0]], basis.codes) for key, found in rows.items()}


def _answer(tx: Transaction, pairs: _Pairs, asked: dict[int, Asked], blocks: Sequence[_Block]) -> ResourceUse:
    parts: dict[_Key, list[Use]] = {}
    for block in blocks:
        for key, use in block.items():
            parts.setdefault(key, []).append(use)
    by_key = {key: combined(found) for key, found in parts.items()}
    of_record: dict[int, list[Use]] = {}
    for (record_id, _), use in by_key.items():
        of_record.setdefault(record_id, []).append(use)
    uses = {record_id: combined(of_record.get(record_id) or [Use()]) for record_id in asked}
    ordered = [record_id for record_id in pairs.records if record_id in asked]
    points = shares([len(uses[record_id].sample) for record_id in ordered], MOST_POINTS)
    keys = _keys(tx, pairs)
    requirements = []
    for record_id, share in zip(ordered, points, strict=True):
        all_groups = pairs.groups_of(record_id)
        groups = [
            GroupUse(keys[group_id], pairs.jobs[record_id, group_id], by_key.get((record_id, group_id)) or Use())
            for group_id in all_groups[:MOST_GROUPS]
            if group_id in keys and (record_id, group_id) in pairs.shown
        ]
        use = uses[record_id]
        requirements.append(
            RequirementsUse(
                asked[record_id],
                pairs.of_record[record_id],
                use,
                groups,
                len(all_groups) - len(groups),
                use.sample[:share],
            )
        )
    return ResourceUse(requirements, len(pairs.of_record) - len(requirements), _names(tx, requirements))


def _keys(tx: Transaction, pairs: _Pairs) -> dict[int, str]:
    ids = sorted({group_id for _, group_id in pairs.shown})
    return {row[0]: row[1] for row in tx.rows(KEYS, {"ids": json.dumps(ids)})}


def _names(tx: Transaction, requirements: Sequence[RequirementsUse]) -> dict[int, str]:
    shown = {row.job_id for each in requirements for row in (*each.points, *each.use.most_memory, *each.use.longest)}
    return {row[0]: row[1] for row in tx.rows(NAMES, {"ids": json.dumps(sorted(shown))})}
