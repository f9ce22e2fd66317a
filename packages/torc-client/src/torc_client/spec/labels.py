"""The labels of a job: `labels`, or `label` for one."""

from torc_client.labels import fault_of
from torc_client.spec.codes import Code
from torc_client.spec.expansion import PLACE
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record


def labels_of(job: Record) -> list[str]:
    """Return the labels of a job."""
    return [job["label"]] if "label" in job else list(job.get("labels", ()))


def check_labels(job: Record, problems: Problems) -> None:
    """Report labels that runners cannot have, and labels beside a scheduler."""
    place = job[PLACE]
    listed = [(f"labels[{index}]", label) for index, label in enumerate(job.get("labels", ()))]
    for field, label in [*([("label", job["label"])] if "label" in job else []), *listed]:
        fault = fault_of(label)
        if fault:
            fix = "write several ones as `labels`" if "," in label else "write the label alone, or remove it"
            problems.add(Code.INVALID_VALUE, f"{place}.{field}", f"{label!r} {fault}, so it is not a valid label", fix)
    if "label" in job and listed:
        reason, fix = "the job has `labels`, too", "put this label into `labels`"
        problems.add(Code.INVALID_VALUE, f"{place}.label", reason, fix)
    if "scheduler" in job and labels_of(job):
        reason = "a job cannot have both labels and a scheduler"
        fix = "remove `scheduler`, and start the runners of its nodes with these labels; or remove the labels"
        problems.add(Code.INVALID_VALUE, f"{place}.scheduler", reason, fix)
