"""Write a document of a workflow as a spec: jobs, files and all settings, without the state of its runs.

Each job is written by itself: how the original spec described many jobs by parameters is not stored.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from torc_client.api.records import ResourceMonitorConfig
from torc_client.portable.record_types import Document, Record
from torc_client.spec.monitoring import with_defaults
from torc_client.spec.objects import OBJECTS

_RESERVED = "default"
# What the server gives jobs without requirements.
_DEFAULT_REQUIREMENTS = {"num_cpus": 1, "memory": "1m", "num_gpus": 0, "num_nodes": 1, "runtime": "P0DT1M"}
# Members of a workflow that have another name or form in a spec, or belong to its user.
_OF_WORKFLOW = frozenset({"user", "jobs", "files", "user_data", "resource_monitor"})
_MONITOR = msgspec.to_builtins(with_defaults(ResourceMonitorConfig()))

_Names = Mapping[int, str]


def spec_of(document: Document) -> Record:
    """Return the spec of a document that `exporting.export` returned."""
    workflow = document["workflow"]
    spec = _fields("workflow", workflow, but=_OF_WORKFLOW)
    monitor = workflow.get("resource_monitor_config")
    if monitor is not None and monitor != _MONITOR:
        spec["resource_monitor"] = monitor
    names = {name: _names(document[name]) for name in ("files", "user_data", "jobs")}
    datasets = _datasets(document)
    requirements, requirement_of = _requirements(document)
    schedulers: _Names = {
        record["id"]: record.get("name") or f"scheduler_{record['id']}" for record in document["slurm_schedulers"]
    }
    handlers = _names(document["failure_handlers"])
    parts: dict[str, list[Record]] = {
        "files": _files(document, datasets),
        "datasets": list(datasets.values()),
        "user_data": _user_data(document),
        "resource_requirements": requirements,
        "failure_handlers": [_handler(record) for record in document["failure_handlers"]],
        "slurm_schedulers": [
            {"name": schedulers[record["id"]], **_fields("Slurm scheduler", record, but=frozenset({"name"}))}
            for record in document["slurm_schedulers"]
        ],
        "actions": [_action(record, names["jobs"], schedulers) for record in document["workflow_actions"]],
    }
    writers = {
        member: _writers(document["jobs"], f"output_{member}_ids") for member in ("file", "user_data")
    }  # a job waits for those that write what it reads, also if the spec does not say so

    def job(record: Record) -> Record:
        written = _fields("job", record, but=frozenset({"label", "env"}))
        env = {name: value for name, value in record.get("env", {}).items() if spec.get("env", {}).get(name) != value}
        if env:
            written["env"] = env
        for member, of in (
            ("resource_requirements", requirement_of),
            ("failure_handler", handlers),
            ("scheduler", schedulers),
        ):
            if (name := of.get(record.get(f"{member}_id", 0))) is not None:
                written[member] = name
        implied = {
            writer
            for member, of_member in writers.items()
            for read in record.get(f"input_{member}_ids", ())
            for writer in of_member.get(read, ())
        }
        parents = [each for each in record.get("depends_on_job_ids", ()) if each not in implied]
        _add(written, "depends_on", parents, names["jobs"])
        for way in ("input", "output"):
            files = record.get(f"{way}_file_ids", ())
            _add(written, f"{way}_files", [each for each in files if each not in datasets], names["files"])
            _add(written, f"{way}_datasets", [each for each in files if each in datasets], names["files"])
            _add(written, f"{way}_user_data", record.get(f"{way}_user_data_ids", ()), names["user_data"])
        return written

    spec.update((name, records) for name, records in parts.items() if records)
    spec["jobs"] = [job(record) for record in document["jobs"]]
    return spec


def _fields(kind: str, record: Record, but: frozenset[str] = frozenset()) -> Record:
    """Return the fields of an object that its record has by the same name, without those with their default."""
    return {
        name: record[name]
        for name, field in OBJECTS[kind].fields.items()
        if name not in but and record.get(name) is not None and (field.required or record[name] != field.default)
    }


def _add(record: Record, member: str, ids: Iterable[int], names: _Names) -> None:
    found = [names[each] for each in ids if each in names]
    if found:
        record[member] = found


def _names(records: Iterable[Record]) -> dict[int, str]:
    return {record["id"]: record["name"] for record in records}


def _writers(jobs: Iterable[Record], member: str) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for job in jobs:
        for each in job.get(member, ()):
            found.setdefault(each, []).append(job["id"])
    return found


def _files(document: Document, datasets: Mapping[int, Record]) -> list[Record]:
    published = {
        entity["file_id"]: entity["entity_id"]
        for entity in document["ro_crate_entities"]
        if entity.get("file_id") is not None and entity["entity_type"] == "File"
    }
    files = []
    for record in document["files"]:
        if record["id"] in datasets:
            continue
        file = {"name": record["name"], "path": record["path"], **({"temp": True} if record.get("temp") else {})}
        if published.get(record["id"], record["path"]) != record["path"]:
            file["identifier"] = published[record["id"]]
        files.append(file)
    return files


def _datasets(document: Document) -> dict[int, Record]:
    """Return the datasets of an RO-Crate by the ids of their files."""
    files = {record["id"]: record for record in document["files"]}
    found = {}
    for entity in document["ro_crate_entities"]:
        metadata = entity.get("metadata")
        file = files.get(entity.get("file_id", 0))
        if file is None or entity["entity_type"] != "Dataset" or not isinstance(metadata, dict):
            continue
        dataset = {"name": file["name"], "path": file["path"]}
        for name, member in (("hash_mode", "hashMode"), ("description", "description")):
            if isinstance(metadata.get(member), str):
                dataset[name] = metadata[member]
        found[file["id"]] = dataset
    return found


def _user_data(document: Document) -> list[Record]:
    """Return the user data records. What a job writes, or what a new run deletes, is not a part of a definition."""
    written = {each for job in document["jobs"] for each in job.get("output_user_data_ids", ())}
    return [
        _fields(
            "user data record",
            record,
            but=frozenset({"data"}) if record["id"] in written or record.get("is_ephemeral") else frozenset(),
        )
        for record in document["user_data"]
    ]


def _requirements(document: Document) -> tuple[list[Record], dict[int, str]]:
    """Return the requirements, and their names by their ids. The default ones of the server are not written."""
    found, names = [], {}
    taken = {record["name"] for record in document["resource_requirements"]}
    for record in document["resource_requirements"]:
        name = record["name"]
        if name == _RESERVED:
            if all(record.get(member) == value for member, value in _DEFAULT_REQUIREMENTS.items()):
                continue
            name = next(one for one in ("standard", "standard_requirements") if one not in taken)
        names[record["id"]] = name
        fields = _fields("resource requirements record", {**record, "name": name})
        found.append({**fields, "runtime": record["runtime"]})
    return found, names


def _handler(record: Record) -> Record:
    rules = record["rules"]
    listed = json.loads(rules) if isinstance(rules, str) else rules
    return {"name": record["name"], "rules": [_fields("rule", rule) for rule in listed]}


def _action(record: Record, jobs: _Names, schedulers: _Names) -> Record:
    config: Mapping[str, Any] = record["action_config"]
    action = _fields("action", {**config, **record}, but=frozenset({"jobs", "scheduler"}))
    _add(action, "jobs", record.get("job_ids", ()), jobs)
    if (name := schedulers.get(config.get("scheduler_id", 0))) is not None:
        action["scheduler"] = name
    return action
