"""Make a spec with errors complete enough for checks of its other parts, so that all problems are reported at once.

Placeholders replace the missing fields of records. If some names of a collection are unknown because of an error, a
reference to an unknown name is not reported: it may follow from that error.
"""

from typing import Any

from torc_client.spec.objects import OBJECTS
from torc_client.spec.shape import Record, meant_field

PLACEHOLDERS: dict[str, Record] = {
    "jobs": {"command": "true"},
    "files": {"path": "-"},
    "datasets": {"path": "-"},
    "user_data": {},
    "resource_requirements": {"memory": "1g", "num_cpus": 1},
    "failure_handlers": {"rules": []},
}


def with_placeholders(document: Any, workflow: Record) -> tuple[Record, frozenset[str]]:
    """Return the workflow with placeholders, and the collections of which some names are unknown."""
    unsure = set() if "jobs" in workflow else {"jobs"}
    keys = document if isinstance(document, dict) else ()
    meant = {meant_field(str(key), "workflow") for key in keys if key not in OBJECTS["workflow"].fields}
    result = {"name": "-", "jobs": [], **workflow}
    for collection, fields in PLACEHOLDERS.items():
        records = workflow.get(collection, [])
        is_wrong = collection not in workflow and isinstance(document, dict) and document.get(collection) is not None
        if is_wrong or collection in meant or not all("name" in record for record in records):
            unsure.add(collection)
        result[collection] = [
            {"name": f"{collection}[{index}]", **fields, **record} for index, record in enumerate(records)
        ]
    return result, frozenset(unsure)
