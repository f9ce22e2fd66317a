"""The declaration of the spec language: every object type with its fields and their types.

The reader of specs, the JSON Schema, the reference page and the KDL format are derived from it.
"""

from torc_client.action_triggers import ACTION_TRIGGERS
from torc_client.defaults import JOBS_SORT_METHOD
from torc_client.spec.fields import (
    Field,
    FieldType,
    Object,
    choice,
    flag,
    integer,
    name,
    nonblank,
    number,
    objects,
    text,
    texts,
)
from torc_client.spec.settings_objects import SETTINGS_OBJECTS

PARAMETERIZED = {
    "parameters": Field(FieldType.PARAMETERS, "the parameters by which it is expanded, each with its values"),
    "parameter_mode": choice(
        "how values combine: every combination, or the first of each, the second of each, and so on",
        "product",
        "zip",
        default="product",
    ),
    "use_parameters": texts("names of parameters of the workflow, instead of its own parameters"),
    "parameters_file": text(
        "a table (.csv, .tsv, .json, .jsonl, .ndjson) instead of parameters: each row is an instance"
    ),
    "use_parameters_file": flag("whether each row of the table of the workflow is an instance", default=False),
}

WORKFLOW = {
    "name": name("the name of the workflow"),
    "jobs": objects("job", "the jobs to run", required=True),
    "user": text("the owner; without it, the user that creates the workflow"),
    "description": text("a description of the workflow"),
    "project": text("the project to which the workflow belongs"),
    "metadata": Field(FieldType.JSON, "data that is stored with the workflow: a map, or a text that is a JSON object"),
    "variables": Field(FieldType.LITERALS, "constants that replace `{name}` in texts of the spec"),
    "parameters": Field(FieldType.PARAMETERS, "parameters that jobs, files and user data select with `use_parameters`"),
    "parameters_file": text("a table that jobs, files and user data select with `use_parameters_file`"),
    "files": objects("file", "files that jobs read or write"),
    "datasets": objects("dataset", "directories that jobs read or write as a whole"),
    "user_data": objects("user data record", "JSON that jobs exchange, or that you pass to jobs"),
    "resource_requirements": objects("resource requirements record", "sets of resources that jobs can require"),
    "env": Field(FieldType.ENVIRONMENT, "environment variables of all jobs; values are not expanded"),
    "failure_handlers": objects("failure handler", "rules for jobs that fail"),
    "actions": objects("action", "actions that run at certain points of the workflow"),
    "slurm_schedulers": objects("Slurm scheduler", "settings for Slurm allocations"),
    "slurm_defaults": Field(
        FieldType.LITERALS,
        "long options of sbatch, without dashes, for all allocations; fields of a scheduler override them",
    ),
    "execution_config": Field(FieldType.OBJECT, "how runners run jobs", of="execution config"),
    "resource_monitor": Field(FieldType.OBJECT, "what runners measure", of="resource monitor"),
    "use_pending_failed": flag(
        "whether failed jobs get the status pending_failed first, until you decide about them", default=False
    ),
    "jobs_sort_method": choice(
        "the order of jobs of the same priority",
        "gpus_runtime_memory",
        "gpus_memory_runtime",
        "none",
        default=JOBS_SORT_METHOD,
    ),
    "access_groups": texts("names of access groups that may use the workflow besides its owner; each must exist"),
    "dynamic_jobs": Field(FieldType.OBJECT, "limits for jobs that other jobs add", of="dynamic jobs"),
    "enable_ro_crate": flag("whether runs are described in an RO-Crate", default=False),
    "compute_node_expiration_buffer_seconds": integer(
        "for runners of 0.12: how many seconds before their end they stop their jobs. Later runners use"
        " sigterm_lead_seconds and sigkill_headroom_seconds of the execution config, and do not start jobs that cannot"
        " end in time",
        default=180,
    ),
    "compute_node_wait_for_new_jobs_seconds": integer("seconds that an idle runner waits for jobs", default=90),
    "compute_node_ignore_workflow_completion": flag(
        "whether runners continue when the workflow is complete", default=False
    ),
    "compute_node_wait_for_healthy_database_minutes": integer(
        "minutes that runners wait for a server that does not answer", default=20
    ),
    "compute_node_min_time_for_new_jobs_seconds": integer(
        "remaining seconds that a runner needs to claim a job", default=300
    ),
}

JOB = {
    "name": name("the name of the job; it must be unique"),
    "command": name("the command; `bash -c` runs it"),
    "invocation_script": text("text that is inserted before the command"),
    "depends_on": texts("names of jobs that must complete first"),
    "depends_on_regexes": texts("regular expressions that match names of jobs that must complete first"),
    "input_files": texts("names of files that it reads"),
    "input_file_regexes": texts("regular expressions that match names of files that it reads"),
    "output_files": texts("names of files that it writes"),
    "output_file_regexes": texts("regular expressions that match names of files that it writes"),
    "input_datasets": texts("names of datasets that it reads"),
    "output_datasets": texts("names of datasets that it writes"),
    "input_user_data": texts("names of user data records that it reads"),
    "input_user_data_regexes": texts("regular expressions that match names of user data records that it reads"),
    "output_user_data": texts("names of user data records that it writes"),
    "output_user_data_regexes": texts("regular expressions that match names of user data records that it writes"),
    "resource_requirements": text(
        "the name of a resource requirements record; `default` is that of the server: 1 CPU, 1m of memory, one minute",
        default="default",
    ),
    "failure_handler": text("the name of a failure handler"),
    "scheduler": text("the name of the Slurm scheduler whose nodes it prefers"),
    "cancel_on_blocking_job_failure": flag("whether it is canceled when a job on which it depends fails", default=True),
    "supports_termination": flag("whether it saves its work when it receives the termination signal", default=False),
    "priority": integer("the priority; jobs with a higher one start first", default=0),
    "labels": texts("the labels that a runner must have, all of them; without labels, runners without labels run it"),
    "label": nonblank("another word for `labels` with one label"),
    "env": Field(FieldType.ENVIRONMENT, "environment variables; they override those of the workflow"),
    "stdio": Field(
        FieldType.OBJECT, "what happens to its output; overrides the setting of the workflow", of="stdio setting"
    ),
    **PARAMETERIZED,
}

ACTION = {
    "trigger_type": choice(
        "the event that starts the action",
        *ACTION_TRIGGERS,
        required=True,
    ),
    "action_type": choice("the type of the action", "run_commands", "schedule_nodes", required=True),
    "jobs": texts("for on_jobs_ready and on_jobs_complete: names of the jobs that it waits for"),
    "job_name_regexes": texts("for the same triggers: regular expressions that match names of jobs"),
    "commands": texts("for run_commands: commands that `bash -c` runs, one after the other"),
    "scheduler": text("for schedule_nodes: the name of a Slurm scheduler"),
    "scheduler_type": choice("for schedule_nodes: the source of nodes", "slurm", "local"),
    "num_allocations": integer("for schedule_nodes: the number of allocations", minimum=1, default=1),
    "start_one_worker_per_node": flag("for schedule_nodes: whether each node has its own runner", default=False),
    "max_parallel_jobs": integer(
        "for schedule_nodes: the maximum number of jobs that a runner runs at the same time", minimum=1
    ),
    "persistent": flag("whether every runner executes it, instead of one", default=False),
}

OBJECTS: dict[str, Object] = {
    "workflow": Object("A complete spec.", WORKFLOW),
    "job": Object("A command with its requirements and dependencies.", JOB),
    "file": Object(
        "A file that jobs read or write.",
        {
            "name": name("the name of the file, for jobs"),
            "path": name("the path of the file"),
            "st_mtime": number("the time of its last change in seconds since 1970; runners set it when they look"),
            "temp": flag(
                "whether it may be deleted once the jobs that read it have completed: reinit then runs the job that"
                " writes it again only for a job that needs it",
                default=False,
            ),
            "identifier": text("a published id for RO-Crates, such as a DOI; needs enable_ro_crate"),
            **PARAMETERIZED,
        },
    ),
    "dataset": Object(
        "A directory that jobs read or write as a whole.",
        {
            "name": name("the name of the dataset, for jobs; it must differ from the names of files"),
            "path": name("the path of the directory"),
            "hash_mode": choice(
                "the content of its checksum in an RO-Crate: names and sizes, names and contents, or no checksum",
                "manifest",
                "content",
                "none",
                default="manifest",
            ),
            "description": text("a description for an RO-Crate"),
            **PARAMETERIZED,
        },
    ),
    "user data record": Object(
        "JSON that jobs exchange, or that you pass to jobs.",
        {
            "name": nonblank(
                "the name of the record; the default comes from its position: `user_data_1` for the first"
            ),
            "data": Field(FieldType.JSON, "the value; without it, a job must write it"),
            "is_ephemeral": flag("whether the value is deleted before a new run", default=False),
            **PARAMETERIZED,
        },
    ),
    "resource requirements record": Object(
        "The resources that a job needs on each node.",
        {
            "name": name("the name of the record; the server reserves `default`"),
            "num_cpus": integer("the number of CPUs", minimum=1, required=True),
            "memory": name(
                "an amount of memory: a whole number with the unit k, m, g or t (powers of 1024); bytes without a unit",
                example="8g",
            ),
            "num_gpus": integer("the number of GPUs", default=0),
            "num_nodes": integer("the number of nodes", minimum=1, default=1),
            "runtime": text(
                "the maximum run time in ISO 8601, such as PT30M or P1DT12H", default="PT1H", example="PT30M"
            ),
        },
    ),
    "failure handler": Object(
        "Rules for jobs that fail.",
        {
            "name": name("the name of the handler, for jobs"),
            "rules": objects("rule", "rules for exit codes", required=True),
        },
    ),
    "rule": Object(
        "The reaction to one kind of failure. A rule with the exit code overrides one for all exit codes.",
        {
            "exit_codes": Field(FieldType.NUMBERS, "the exit codes to which the rule applies"),
            "match_all_exit_codes": flag("whether it applies to all exit codes", default=False),
            "recovery_script": text("a script that runs before a retry of the job"),
            "max_retries": integer("the total number of attempts, including the first; 0 is like 1", default=3),
        },
    ),
    "action": Object("Commands that run, or nodes that are requested, at a certain point of the workflow.", ACTION),
    "Slurm scheduler": Object(
        "Settings for Slurm allocations. Slurm checks their values.",
        {
            "name": text("the name of the scheduler, for jobs and actions"),
            "account": text("the account that is charged; required here or in slurm_defaults"),
            "partition": text("the partition"),
            "nodes": integer("the number of nodes of an allocation", minimum=1, default=1),
            "walltime": text("the time limit of an allocation", default="01:00:00", example="04:00:00"),
            "mem": text("memory of each node"),
            "gres": text("generic resources of each node, such as gpu:2"),
            "qos": text("the quality of service"),
            "tmp": text("local disk of each node"),
            "ntasks_per_node": integer("the number of tasks for each node", minimum=1),
            "extra": text("further options of sbatch, passed unchanged"),
            "serialize_allocations": flag("whether its allocations run one at a time", default=False),
        },
    ),
    **SETTINGS_OBJECTS,
}
