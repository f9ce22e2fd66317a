"""Datasets: directories that jobs read and write in the way of files."""

from collections.abc import Mapping, Sequence
from typing import Any

from torc_client.spec.codes import Code
from torc_client.spec.expansion import PLACE
from torc_client.spec.naming import Names
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

# The records among the files of a plan that have this field are datasets.
HASH_MODE = "hash_mode"
DEFAULT_HASH_MODE = "manifest"
CRATE_FIELDS = (HASH_MODE, "description")


def as_files(datasets: Sequence[Record], files: Names, problems: Problems, *, has_crate: bool) -> list[Record]:
    """Return the datasets as records of files. A dataset must not have the name of a file."""
    for dataset in datasets:
        place = dataset[PLACE]
        if dataset["name"] in files.number_of:
            reason = f"a file has the name {dataset['name']!r} already"
            problems.add(Code.REPEATED_NAME, f"{place}.name", reason, "choose another name")
        for name in CRATE_FIELDS:
            if name in dataset and not has_crate:
                fix = "set enable_ro_crate to true to store it"
                problems.warn(Code.NEEDS_RO_CRATE, f"{place}.{name}", "is only stored in RO-Crates", fix)
    return [{HASH_MODE: DEFAULT_HASH_MODE, **dataset} for dataset in datasets]


def crate_entity(record: Record) -> tuple[str, dict[str, Any]]:
    """Return the id of a dataset in an RO-Crate, and its properties."""
    description: Mapping[str, Any] = {"description": record["description"]} if "description" in record else {}
    # The id that `ro-crate add-dataset` uses, so that the entity with the checksum replaces this one.
    return f"{record['path'].rstrip('/')}/", {"name": record["name"], **description, "hashMode": record[HASH_MODE]}
