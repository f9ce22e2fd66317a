"""The members of records and the parameters of operations that are labels."""

from typing import Any

from torc_server.engine.errors import RuleBroken
from torc_server.engine.labels import Labels, has_all, label_list, label_set, stored_text
from torc_server.resources.fields import Column, Text
from torc_server.resources.json_fields import Many
from torc_server.resources.resource import Body, Filter


class LabelList(Text):
    """A text with commas between labels, for a query. It is stored as the text of a set."""

    def kept(self, value: Any) -> Any:
        """Convert the text to that of a set. Raises RuleBroken."""
        return stored_text(label_list(value))


def label_member() -> Text:
    """Declare the one label of a job, another word for a set of one."""
    return Text(
        "Another word for `labels` with this label alone; an empty text for none. Answers have it if there is exactly"
        " one label.",
        null="emptied",
        extension=True,
        column=Column(sql="CASE WHEN json_array_length(job.labels) = 1 THEN json_extract(job.labels, '$[0]') END"),
    )


def labels_member(description: str) -> Many:
    """Declare a set of labels."""
    return Many(Text(), description, null="emptied")


# The jobs that a node with exactly these labels could claim.
CLAIMABLE = Filter(
    "labels",
    LabelList(
        "Only jobs that a compute node with exactly these labels, with commas between, could claim. If empty, only jobs"
        " without labels."
    ),
    f"CASE WHEN job.labels IS NULL THEN json_array_length(:labels) = 0 ELSE {has_all('job.labels')} END",
    takes_empty=True,
)


def with_label_set(body: Body) -> Body:
    """Return a new record whose `labels` are the set that `label` or `labels` is. Raises RuleBroken."""
    if "label" not in body and "labels" not in body:
        return body
    return {**_without_labels(body), "labels": list(_only_one_set(body)) or None}


def with_changed_labels(stored: Body, body: Body) -> Body:
    """Return a change whose `labels` are the set that `label` or `labels` is, if one of them differs from the record.

    Clients send whole records, in which they change one of the two. Raises RuleBroken.
    """
    changed: Body = {
        name: value
        for name in ("label", "labels")
        if name in body and (value := body[name]) != stored.get(name, [] if name == "labels" else None)
    }
    return {**_without_labels(body), **({"labels": list(_only_one_set(changed))} if changed else {})}


def _without_labels(body: Body) -> Body:
    return {name: value for name, value in body.items() if name not in ("label", "labels")}


def _only_one_set(body: Body) -> Labels:
    """Return the set that `label` and `labels` are. An empty label counts as absent."""
    one = label_set([body["label"]], field="label") if body.get("label") else None
    if "labels" not in body:
        return one or ()
    labels = label_set(body["labels"])
    if one is not None and one != labels:
        raise RuleBroken(
            f"label is {body['label']!r}, but labels has other labels; send only one of them",
            field="labels",
            value=body["labels"],
        )
    return labels
