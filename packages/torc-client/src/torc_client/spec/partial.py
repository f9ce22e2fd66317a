"""What can still be looked at in a spec of which parts are wrong: so that all of it is told at once.

Broken records get stand-ins for what they lack. Where names of a kind cannot be made out, nobody is told that such a
name is unknown: that would only follow from what was told.
"""

from typing import Any

from torc_client.spec.objects import OBJECTS
from torc_client.spec.shape import Record, meant_field

STAND_INS: dict[str, Record] = {
    "jobs": {"command": "true"},
    "files": {"path": "-"},
    "datasets": {"path": "-"},
    "user_data": {},
    "resource_requirements": {"memory": "1g", "num_cpus": 1},
    "failure_handlers": {"rules": []},
}


def mended(document: Any, workflow: Record) -> tuple[Record, frozenset[str]]:
    """The workflow with stand-ins, and the collections of which some names are not known."""
    unsure = set() if "jobs" in workflow else {"jobs"}
    keys = document if isinstance(document, dict) else ()
    meant = {meant_field(str(key), "workflow") for key in keys if key not in OBJECTS["workflow"].fields}
    result = {"name": "-", "jobs": [], **workflow}
    for collection, lacking in STAND_INS.items():
        records = workflow.get(collection, [])
        is_wrong = collection not in workflow and isinstance(document, dict) and document.get(collection) is not None
        if is_wrong or collection in meant or not all("name" in record for record in records):
            unsure.add(collection)
        result[collection] = [
            {"name": f"{collection}[{index}]", **lacking, **record} for index, record in enumerate(records)
        ]
    return result, frozenset(unsure)
