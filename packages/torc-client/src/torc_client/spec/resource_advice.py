"""Warnings about names in braces that look like requirements of a job and are not filled in."""

import re
from collections.abc import Sequence

from torc_client.spec.codes import Code
from torc_client.spec.expansion import PLACE
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

# Names that people expect to work in the same way, with what to write.
MEANT = {
    **dict.fromkeys(("cpus", "cores", "threads", "ncpus", "nproc"), "write {num_cpus}"),
    "gpus": "write {num_gpus}",
    **dict.fromkeys(("memory", "mem", "mem_mb", "memory_gb"), "use the variable TORC_MEMORY_BYTES in the command"),
    **dict.fromkeys(("num_nodes", "nodes"), "use the variable TORC_NUM_NODES in the command"),
}
IN_BRACES = re.compile(r"(?<!\$)\{([a-z_]+)\}")


def warn_of_expected(jobs: Sequence[Record], problems: Problems) -> None:
    """Warn of names in braces that look like requirements and are not filled in."""
    for job in jobs:
        for text in (job["command"], job.get("invocation_script", ""), *job.get("env", {}).values()):
            found = next((each for each in IN_BRACES.finditer(text) if each[1] in MEANT), None) if "{" in text else None
            if found:
                reason = f"{found[0]} is not filled in"
                problems.warn_once(Code.UNKNOWN_PLACEHOLDER, job[PLACE], reason, MEANT[found[1]])
