"""The language of specs: every object, its fields, and what each may hold.

Specs are read by it, and their JSON Schema, their reference page and their KDL are made of it.
"""

from torc_client.spec.fields import Field, Kind, Object, choice, flag, integer, name, nonblank, objects, text, texts
from torc_client.spec.settings_objects import SETTINGS_OBJECTS

PARAMETERIZED = {
    "parameters": Field(Kind.PARAMETERS, "what it is multiplied by: each parameter with its values"),
    "parameter_mode": choice(
        "every combination of the values, or the first of each, the second of each, and so on",
        "product",
        "zip",
        default="product",
    ),
    "use_parameters": texts("names of parameters of the workflow, in place of parameters of its own"),
    "parameters_file": text("a table (.csv, .json, .jsonl, .ndjson) in place of parameters: each row is an instance"),
    "use_parameters_file": flag("whether each row of the workflow's table is an instance", default=False),
}

WORKFLOW = {
    "name": name("what people call it"),
    "jobs": objects("job", "what is run", required=True),
    "user": text("who owns it; without it, who creates it"),
    "description": text("what it is for"),
    "project": text("what it belongs to"),
    "metadata": Field(Kind.JSON, "what its owner wants to keep with it: a map, or a text that is a JSON object"),
    "variables": Field(Kind.LITERALS, "constants, written as `{name}` in texts of the spec"),
    "parameters": Field(Kind.PARAMETERS, "parameters that jobs, files and user data take with `use_parameters`"),
    "parameters_file": text("a table that jobs, files and user data take with `use_parameters_file`"),
    "files": objects("file", "files that jobs read or write"),
    "datasets": objects("dataset", "directories that jobs read or write as one thing"),
    "user_data": objects("user data record", "JSON that jobs hand to each other, or that people hand to jobs"),
    "resource_requirements": objects("resource requirements record", "what jobs may need"),
    "env": Field(Kind.ENVIRONMENT, "environment variables of all jobs, as they are written"),
    "failure_handlers": objects("failure handler", "what is done about jobs that fail"),
    "actions": objects("action", "what is done when the workflow gets somewhere"),
    "slurm_schedulers": objects("Slurm scheduler", "how allocations are asked for"),
    "slurm_defaults": Field(
        Kind.LITERALS, "options of sbatch (long ones, without dashes) for all allocations; a scheduler's own fields win"
    ),
    "execution_config": Field(Kind.OBJECT, "how runners run its jobs", of="execution config"),
    "resource_monitor": Field(Kind.OBJECT, "what runners measure", of="resource monitor"),
    "use_pending_failed": flag("whether failed jobs wait for a decision before they count as failed", default=False),
    "jobs_sort_method": choice(
        "which of the jobs of one priority come first",
        "gpus_runtime_memory",
        "gpus_memory_runtime",
        "none",
        default="gpus_runtime_memory",
    ),
    "access_groups": texts("names of access groups that may use it besides its owner; each must exist"),
    "dynamic_jobs": Field(Kind.OBJECT, "limits on jobs that jobs add", of="dynamic jobs"),
    "enable_ro_crate": flag("whether the run is described as an RO-Crate", default=False),
    "compute_node_expiration_buffer_seconds": integer(
        "for runners of 0.12: how long before their end they stop their jobs; to ours, sigterm_lead_seconds and"
        " sigkill_headroom_seconds of the execution config say it, and nothing starts that cannot end in time",
        default=180,
    ),
    "compute_node_wait_for_new_jobs_seconds": integer("how long an idle runner waits for jobs", default=90),
    "compute_node_ignore_workflow_completion": flag("whether runners stay when all is done", default=False),
    "compute_node_wait_for_healthy_database_minutes": integer(
        "how long runners wait for the server to come back", default=20
    ),
    "compute_node_min_time_for_new_jobs_seconds": integer(
        "how much time a runner must have left to take a job", default=300
    ),
}

JOB = {
    "name": name("what people call it; no two jobs are called alike"),
    "command": name("what `bash -c` runs"),
    "invocation_script": text("text that is put before the command"),
    "depends_on": texts("names of jobs that come before"),
    "depends_on_regexes": texts("regular expressions that find names of jobs that come before"),
    "input_files": texts("names of files that it reads"),
    "input_file_regexes": texts("regular expressions that find names of files that it reads"),
    "output_files": texts("names of files that it writes"),
    "output_file_regexes": texts("regular expressions that find names of files that it writes"),
    "input_datasets": texts("names of datasets that it reads"),
    "output_datasets": texts("names of datasets that it writes"),
    "input_user_data": texts("names of user data records that it reads"),
    "input_user_data_regexes": texts("regular expressions that find user data that it reads"),
    "output_user_data": texts("names of user data records that it writes"),
    "output_user_data_regexes": texts("regular expressions that find user data that it writes"),
    "resource_requirements": text(
        "the name of a resource requirements record; `default` is the server's own: 1 CPU, 1m of memory, one minute",
        default="default",
    ),
    "failure_handler": text("the name of a failure handler"),
    "scheduler": text("the name of the Slurm scheduler on whose nodes it prefers to run"),
    "cancel_on_blocking_job_failure": flag("whether it is canceled when a job before it fails", default=True),
    "supports_termination": flag("whether it saves its work when asked to stop", default=False),
    "priority": integer("jobs of higher priority come first", default=0),
    "label": nonblank("only runners that are started with this label take it; without one, every runner does"),
    "env": Field(Kind.ENVIRONMENT, "environment variables; they win over the workflow's"),
    "stdio": Field(Kind.OBJECT, "what becomes of its output, in place of what the workflow says", of="stdio setting"),
    **PARAMETERIZED,
}

ACTION = {
    "trigger_type": choice(
        "when it is done",
        "on_workflow_start",
        "on_workflow_complete",
        "on_jobs_ready",
        "on_jobs_complete",
        "on_worker_start",
        "on_worker_complete",
        required=True,
    ),
    "action_type": choice("what is done", "run_commands", "schedule_nodes", required=True),
    "jobs": texts("of on_jobs_ready and on_jobs_complete: names of the jobs that it waits for"),
    "job_name_regexes": texts("of the same: regular expressions that find names of jobs"),
    "commands": texts("of run_commands: what `bash -c` runs, one after the other"),
    "scheduler": text("of schedule_nodes: the name of a Slurm scheduler"),
    "scheduler_type": choice("of schedule_nodes: who gives nodes", "slurm", "local"),
    "num_allocations": integer("of schedule_nodes: how many allocations are asked for", minimum=1, default=1),
    "start_one_worker_per_node": flag("of schedule_nodes: whether each node has its own runner", default=False),
    "max_parallel_jobs": integer("of schedule_nodes: how many jobs a runner runs at once", minimum=1),
    "persistent": flag("whether each of several runners does it", default=False),
}

OBJECTS: dict[str, Object] = {
    "workflow": Object("A whole spec.", WORKFLOW),
    "job": Object("A command, with what it needs and what it waits for.", JOB),
    "file": Object(
        "A file that jobs read or write.",
        {
            "name": name("what jobs call it"),
            "path": name("where it is"),
            "identifier": text("a published id, such as a DOI, by which an RO-Crate names it; needs enable_ro_crate"),
            **PARAMETERIZED,
        },
    ),
    "dataset": Object(
        "A directory that jobs read or write as one thing.",
        {
            "name": name("what jobs call it; no file is called alike"),
            "path": name("where it is"),
            "hash_mode": choice(
                "what its checksum in an RO-Crate counts: names and sizes, names and contents, or no checksum",
                "manifest",
                "content",
                "none",
                default="manifest",
            ),
            "description": text("what it is, for an RO-Crate"),
            **PARAMETERIZED,
        },
    ),
    "user data record": Object(
        "JSON that jobs hand to each other, or that people hand to jobs.",
        {
            "name": nonblank("what jobs call it; one without a name has that of its place, `user_data_1` the first"),
            "data": Field(Kind.JSON, "the value; without it, a job writes it"),
            "is_ephemeral": flag("whether it is cleared before a new run", default=False),
            **PARAMETERIZED,
        },
    ),
    "resource requirements record": Object(
        "What a job needs, on each node.",
        {
            "name": name("what jobs call it; `default` is the server's own"),
            "num_cpus": integer("CPUs", minimum=1, required=True),
            "memory": name("memory: a whole number and one of k, m, g, t (powers of 1024), such as 512m", example="8g"),
            "num_gpus": integer("GPUs", default=0),
            "num_nodes": integer("nodes", minimum=1, default=1),
            "runtime": text(
                "how long it takes at most, ISO 8601, such as PT30M or P1DT12H", default="PT1H", example="PT30M"
            ),
        },
    ),
    "failure handler": Object(
        "What is done about jobs that fail.",
        {"name": name("what jobs call it"), "rules": objects("rule", "what is done for which exit", required=True)},
    ),
    "rule": Object(
        "What is done about one kind of failure. A rule that names the exit code wins over one for all of them.",
        {
            "exit_codes": Field(Kind.NUMBERS, "the exit codes that it is about"),
            "match_all_exit_codes": flag("whether it is about all of them", default=False),
            "recovery_script": text("what runs before the job is tried again"),
            "max_retries": integer("how often the job is tried again", minimum=1, default=3),
        },
    ),
    "action": Object("What is done when the workflow gets somewhere.", ACTION),
    "Slurm scheduler": Object(
        "How allocations are asked for. Its words are Slurm's to judge.",
        {
            "name": text("what jobs and actions call it"),
            "account": text("who pays; must be here or in slurm_defaults"),
            "partition": text("the partition"),
            "nodes": integer("how many nodes an allocation has", minimum=1, default=1),
            "walltime": text("how long an allocation may run", default="01:00:00", example="04:00:00"),
            "mem": text("memory of each node"),
            "gres": text("generic resources of each node, such as gpu:2"),
            "qos": text("the quality of service"),
            "tmp": text("local disk of each node"),
            "ntasks_per_node": integer("how many tasks each node starts", minimum=1),
            "extra": text("further options of sbatch, as they are"),
            "serialize_allocations": flag("whether its allocations follow each other, one at a time", default=False),
        },
    ),
    **SETTINGS_OBJECTS,
}
