"""Labels: which jobs a node runs.

The labels of a job are a set. A node without labels runs jobs without labels. A node with labels runs the jobs with
labels that has it all, and with `also_unlabeled` the jobs without labels, too. A set is stored as the JSON text of a
sorted list, so that equal sets are equal texts; the empty set is NULL.
"""

import itertools
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.store.transaction import Transaction

Labels = tuple[str, ...]
"""A set of labels: sorted, without repetitions."""

# Limits of a set. A claim looks for each label of its node.
MOST_LABELS, LONGEST_LABEL = 1000, 255
# The subsets of this number of labels are listed. Those of more labels are looked up among the sets of the ready jobs.
MOST_LISTED = 6


def label_set(labels: Iterable[str], *, field: str = "labels") -> Labels:
    """Return the labels as a set.

    Raises RuleBroken for too many labels, an empty label, a long one, and one with a comma or blanks at an end.
    """
    distinct = set(labels)
    if len(distinct) > MOST_LABELS:
        raise RuleBroken(f"There are {len(distinct)} labels; use at most {MOST_LABELS}", field=field)
    for label in distinct:
        if len(label) > LONGEST_LABEL:
            raise RuleBroken(
                f"The label that begins with {label[:60]!r} has {len(label)} characters; use at most {LONGEST_LABEL}",
                field=field,
            )
        if not label or label != label.strip():
            raise RuleBroken(
                f"{label!r} is not a valid label; use a text without blanks at its ends that is not empty",
                field=field,
                value=label,
            )
        if "," in label:
            raise RuleBroken(
                f"{label!r} is not a valid label, because it has a comma; send its parts as several labels",
                field=field,
                value=label,
            )
    return tuple(sorted(distinct))


def label_list(text: str, *, field: str = "labels") -> Labels:
    """Return the set of a text with commas between the labels; an empty text is the empty set. Raises RuleBroken."""
    return label_set(text.split(",") if text else (), field=field)


def stored_text(labels: Collection[str]) -> str:
    """Return the text with which a set is stored."""
    return json.dumps(list(labels), ensure_ascii=False, separators=(",", ":"))


def labels_of(text: str | None) -> Labels:
    """Return the set of a stored text."""
    return tuple(json.loads(text)) if text else ()


@dataclass(frozen=True, slots=True)
class NodeLabels:
    """The labels of a node. `also_unlabeled`: it runs jobs without labels, too."""

    labels: Labels = ()
    also_unlabeled: bool = False

    @property
    def takes_unlabelled(self) -> bool:
        """Whether the node runs jobs without labels."""
        return self.also_unlabeled or not self.labels

    def allow(self, labels: Labels) -> bool:
        """Whether the node runs jobs with these labels."""
        return set(labels) <= set(self.labels) if labels else self.takes_unlabelled


NO_LABELS = NodeLabels()


def has_all(column: str) -> str:
    """Return SQL for whether a node with `:labels`, a JSON list, has all labels in a column that is not null."""
    return f"""NOT EXISTS (
    SELECT 1 FROM json_each({column}) AS needed WHERE needed.value NOT IN (SELECT value FROM json_each(:labels))
)"""  # noqa: S608 - declared


# The sets of ready jobs that begin with one of the labels, whose texts are `:beginnings`. A step is one seek, however
# many ready jobs have the same set.
OF_BEGINNING = """FROM job INDEXED BY job_ready
        WHERE workflow_id = :workflow_id AND status = {READY} AND labels < step.beginning || '~' AND labels >"""
COVERED_SETS = JobStatement(
    f"""
WITH RECURSIVE step (beginning, labels) AS (
    SELECT value, value FROM json_each(:beginnings)
    UNION ALL
    SELECT step.beginning, (
        SELECT MIN(labels) {OF_BEGINNING} step.labels
    ) FROM step WHERE step.labels IS NOT NULL
)
SELECT step.labels FROM step WHERE step.labels > step.beginning AND {has_all("step.labels")}
""",  # noqa: S608 - declared
    hot=True,
)


def claimable_sets(tx: Transaction, workflow_id: WorkflowId, node: NodeLabels) -> list[list[str | None]]:
    """Return the stored texts of the sets whose jobs the node runs: None is the empty set.

    Jobs of the first list are claimed before those of the second.
    """
    sets: list[list[str | None]] = []
    if 0 < len(node.labels) <= MOST_LISTED:
        sizes = range(1, len(node.labels) + 1)
        sets.append([stored_text(each) for size in sizes for each in itertools.combinations(node.labels, size)])
    elif node.labels:
        beginnings = json.dumps([stored_text([label])[:-1] for label in node.labels])
        which = {"workflow_id": workflow_id, "labels": stored_text(node.labels), "beginnings": beginnings}
        sets.append([row["labels"] for row in tx.rows(COVERED_SETS, which)])
    if node.takes_unlabelled:
        sets.append([None])
    return sets
