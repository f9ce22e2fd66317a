"""The part of the language that is about runners: how they run jobs, and what they measure."""

from torc_client import defaults
from torc_client.spec.fields import Field, Kind, Object, choice, flag, integer, text

GRANULARITY = choice("peaks and means, or every sample", "summary", "time_series", default="summary")
ENABLED = flag("whether it is measured", default=True)

SETTINGS_OBJECTS: dict[str, Object] = {
    "execution config": Object(
        "How runners run jobs.",
        {
            "mode": choice(
                "whether runners start jobs themselves or by Slurm; auto is slurm where the spec has Slurm schedulers",
                "direct",
                "slurm",
                "auto",
                default="direct",
            ),
            "limit_resources": flag("direct: whether jobs are held to the memory that they require", default=True),
            "limit_runtime": flag("whether jobs that run for longer than they require are stopped"),
            "termination_signal": text("direct: the signal that asks a job to end", default="SIGTERM"),
            "sigterm_lead_seconds": integer(
                "direct: how long before its end a job is asked to end", default=defaults.SIGTERM_LEAD_SECONDS
            ),
            "oom_exit_code": integer(
                "direct: the exit code of a job that took too much memory", default=defaults.OOM_EXIT_CODE
            ),
            "sigkill_headroom_seconds": integer(
                "how long before its end a runner kills jobs", default=defaults.SIGKILL_HEADROOM_SECONDS
            ),
            "timeout_exit_code": integer(
                "the exit code of a job that took too long", default=defaults.TIMEOUT_EXIT_CODE
            ),
            "staggered_start": flag(
                "taken, and without effect: here runners may all start at once, and none waits before its first job",
                default=True,
            ),
            "srun_termination_signal": text("slurm: the signal that srun sends, such as TERM@120"),
            "enable_cpu_bind": flag("slurm: whether jobs are bound to CPUs", default=False),
            "srun_mpi": text("the MPI type that srun is told; needs an action with start_one_worker_per_node"),
            "slurm_worker_mpi_mode": text("another name of srun_mpi"),
            "stdio": Field(Kind.OBJECT, "what becomes of the output of jobs", of="stdio setting"),
            "job_stdio_overrides": Field(Kind.MAP, "the same for single jobs, by name"),
        },
    ),
    "stdio setting": Object(
        "What becomes of a job's output.",
        {
            "mode": choice(
                "which files there are", "separate", "combined", "no_stdout", "no_stderr", "none", default="separate"
            ),
            "delete_on_success": flag("whether the files of a job that succeeded go away", default=False),
            "max_mb": integer("how much of each file is kept, in MiB; all of it where nothing is said", minimum=1),
        },
    ),
    "resource monitor": Object(
        "What runners measure while jobs run. Fields that nobody knows are left out.",
        {
            "enabled": ENABLED,
            "granularity": GRANULARITY,
            "sample_interval_seconds": integer(
                "time between two samples", minimum=1, default=defaults.SAMPLE_INTERVAL_SECONDS
            ),
            "flush_interval_seconds": integer(
                "time between two writes of samples", minimum=1, default=defaults.FLUSH_INTERVAL_SECONDS
            ),
            "generate_plots": flag("whether runners draw what they measured", default=False),
            "jobs": Field(Kind.OBJECT, "how jobs are watched", of="job monitor"),
            "compute_node": Field(Kind.OBJECT, "how nodes are watched", of="compute node monitor"),
        },
        is_open=True,
    ),
    "job monitor": Object("How jobs are watched.", {"enabled": ENABLED, "granularity": GRANULARITY}, is_open=True),
    "compute node monitor": Object(
        "How nodes are watched.",
        {
            "enabled": ENABLED,
            "granularity": GRANULARITY,
            "cpu": flag("whether its CPU use is measured", default=True),
            "memory": flag("whether its memory use is measured", default=True),
        },
        is_open=True,
    ),
    "dynamic jobs": Object(
        "Limits on jobs that jobs add.",
        {"max_iterations": integer("how many rounds one lineage may add", minimum=1, default=1000)},
    ),
}
