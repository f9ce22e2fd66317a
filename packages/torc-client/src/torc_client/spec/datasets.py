"""Datasets: directories that jobs read and write as files are read and written, whatever is in them."""

from collections.abc import Mapping, Sequence
from typing import Any

from torc_client.spec.expansion import PLACE
from torc_client.spec.naming import Names
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

# Marks the records among a plan's files that are datasets.
HASH_MODE = "hash_mode"
DEFAULT_HASH_MODE = "manifest"
ONLY_OF_CRATES = (HASH_MODE, "description")


def as_files(datasets: Sequence[Record], files: Names, problems: Problems, *, has_crate: bool) -> list[Record]:
    """The datasets as records among files, of which none may have their names."""
    for dataset in datasets:
        place = dataset[PLACE]
        if dataset["name"] in files.number_of:
            problems.add(f"{place}.name", f"a file is named {dataset['name']!r} already; choose another name")
        for name in ONLY_OF_CRATES:
            if name in dataset and not has_crate:
                problems.warn(f"{place}.{name}", "is kept in RO-Crates alone; set enable_ro_crate to true to keep it")
    return [{HASH_MODE: DEFAULT_HASH_MODE, **dataset} for dataset in datasets]


def crate_entity(record: Record) -> tuple[str, dict[str, Any]]:
    """The id of a dataset in an RO-Crate, and what is said of it there."""
    said: Mapping[str, Any] = {"description": record["description"]} if "description" in record else {}
    # As `ro-crate add-dataset` names it, so that its checksum replaces what is said here.
    return f"{record['path'].rstrip('/')}/", {"name": record["name"], **said, "hashMode": record[HASH_MODE]}
