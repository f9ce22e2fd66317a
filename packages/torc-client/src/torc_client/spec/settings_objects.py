"""The object types for settings of runners: how they run jobs, and what they measure."""

from torc_client import defaults
from torc_client.spec.fields import Field, FieldType, Object, choice, flag, integer, text

GRANULARITY = choice("whether peaks and means are stored, or every sample", "summary", "time_series", default="summary")
ENABLED = flag("whether its resource use is measured", default=True)

SETTINGS_OBJECTS: dict[str, Object] = {
    "execution config": Object(
        "How runners run jobs.",
        {
            "mode": choice(
                "whether runners start jobs directly or with Slurm; auto means slurm if the spec has Slurm schedulers",
                "direct",
                "slurm",
                "auto",
                default="direct",
            ),
            "limit_resources": flag(
                "direct: whether the memory of jobs is limited to their requirements", default=True
            ),
            "shell": text(
                "the program that runs the commands of jobs, with its options, such as bash -euo pipefail -c",
                default="bash -c",
            ),
            "make_output_folders": flag(
                "whether runners create the missing folders of a job's output files before it starts", default=False
            ),
            "unchanged_outputs": choice(
                "what happens to a job that ended with 0 and left an output file as it was, if the file is older than"
                " the workflow or than an input file: fail or accept",
                "fail",
                "accept",
                default="fail",
            ),
            "limit_runtime": flag("whether jobs that exceed their required run time are stopped"),
            "termination_signal": text("direct: the signal that asks a job to end", default="SIGTERM"),
            "sigterm_lead_seconds": integer(
                "direct: seconds before its time limit at which a job receives the termination signal",
                default=defaults.SIGTERM_LEAD_SECONDS,
            ),
            "oom_exit_code": integer(
                "direct: the exit code of a job that exceeded its memory", default=defaults.OOM_EXIT_CODE
            ),
            "sigkill_headroom_seconds": integer(
                "seconds before the end of a runner at which it kills its jobs",
                default=defaults.SIGKILL_HEADROOM_SECONDS,
            ),
            "timeout_exit_code": integer(
                "the exit code of a job that exceeded its time limit", default=defaults.TIMEOUT_EXIT_CODE
            ),
            "staggered_start": flag(
                "whether the runners of 20 or more allocations start within some seconds, and not at once",
                default=True,
            ),
            "srun_termination_signal": text("slurm: the signal that srun sends, such as TERM@120"),
            "enable_cpu_bind": flag("slurm: whether jobs are bound to CPUs", default=False),
            "srun_mpi": text(
                "slurm: the MPI type of jobs with several nodes; direct: that of the runners of an action with"
                " start_one_worker_per_node"
            ),
            "srun_tasks_per_node": integer(
                "slurm: the tasks on each node of a job with several nodes", minimum=1, default=1
            ),
            "slurm_worker_mpi_mode": text("another name of srun_mpi"),
            "stdio": Field(FieldType.OBJECT, "what happens to the output of jobs", of="stdio setting"),
            "job_stdio_overrides": Field(FieldType.MAP, "the same for single jobs, by the name of the job"),
        },
    ),
    "stdio setting": Object(
        "What happens to the output of a job.",
        {
            "mode": choice(
                "which files are written", "separate", "combined", "no_stdout", "no_stderr", "none", default="separate"
            ),
            "delete_on_success": flag("whether the files of a job that succeeded are deleted", default=False),
            "max_mb": integer("the maximum size of each file in MiB; without it, there is no limit", minimum=1),
        },
    ),
    "resource monitor": Object(
        "What runners measure while jobs run.",
        {
            "enabled": ENABLED,
            "granularity": GRANULARITY,
            "sample_interval_seconds": integer(
                "seconds between two samples", minimum=1, default=defaults.SAMPLE_INTERVAL_SECONDS
            ),
            "flush_interval_seconds": integer(
                "seconds between two writes of samples", minimum=1, default=defaults.FLUSH_INTERVAL_SECONDS
            ),
            "generate_plots": flag("whether runners plot the samples", default=False),
            "jobs": Field(FieldType.OBJECT, "how jobs are measured", of="job monitor"),
            "compute_node": Field(FieldType.OBJECT, "how nodes are measured", of="compute node monitor"),
        },
        is_open=True,
    ),
    "job monitor": Object("How jobs are measured.", {"enabled": ENABLED, "granularity": GRANULARITY}, is_open=True),
    "compute node monitor": Object(
        "How nodes are measured.",
        {
            "enabled": ENABLED,
            "granularity": GRANULARITY,
            "cpu": flag("whether its CPU use is measured", default=True),
            "memory": flag("whether its memory use is measured", default=True),
        },
        is_open=True,
    ),
    "dynamic jobs": Object(
        "Limits for jobs that other jobs add.",
        {"max_iterations": integer("the maximum number of rounds of a lineage", minimum=1, default=1000)},
    ),
}
