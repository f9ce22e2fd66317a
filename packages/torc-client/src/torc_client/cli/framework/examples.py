"""Examples at the end of help. Tests hold that torc understands each."""

from collections.abc import Mapping

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "compute-nodes": ("torc compute-nodes list 7",),
    "events": (
        "torc events monitor 7 --level warning",
        "torc -f json events list 7 --sort-by timestamp --reverse-sort -l 10",
    ),
    "files": (
        "torc files list 7",
        "torc files create 7 --name inputs --path data/inputs.csv",
        "torc files list-required-existing 7",
    ),
    "jobs": (
        "torc jobs list 7 --status failed",
        "torc -f csv jobs list 7 -x command > jobs.csv",
        "torc jobs create 7 --name fit --command 'python fit.py' --blocking-job-ids 3,4",
        "torc jobs create-from-file 7 commands.txt --cpus-per-job 2 --memory-per-job 4g",
        "torc jobs reset-status --workflow-id 7 --return-code 137 --dry-run",
        "torc jobs update --workflow-id 7 --filter 'group=fit_#' --memory 16g",
    ),
    "logs": (
        "torc logs show 12 --stream stderr",
        "torc logs tail 12 --lines 50",
        "torc logs analyze torc_output --workflow-id 7",
        "torc logs bundle 7 --bundle-dir /tmp",
    ),
    "recover": (
        "torc recover 7 --dry-run",
        "torc recover 7 --no-prompts --memory-multiplier 2",
        "torc recover 7 --only 'oom:simulate_#' --memory 12=24g",
        "torc recover 7 --retry-unknown --recovery-hook ./repair.sh",
    ),
    "reports": (
        "torc reports check-resource-utilization 7 --include-failed",
        "torc reports results 7 --job-id 12",
    ),
    "resource-requirements": (
        "torc resource-requirements create 7 --name large --num-cpus 8 --memory 32g --runtime PT4H",
        "torc resource-requirements update 12 --memory 64g",
    ),
    "results": (
        "torc results list 7 --failed",
        "torc results list 7 --job-id 12 --all-runs",
    ),
    "ro-crate": (
        "torc ro-crate add-dataset 7 --name results --path output --hash-mode content",
        "torc ro-crate export 7",
    ),
    "slurm": ("torc slurm create 7 --name big --account myproject --nodes 4 --walltime 12:00:00",),
    "user-data": (
        """torc user-data create 7 --name threshold --data '{"low": 0.1}'""",
        "torc user-data list-missing 7",
    ),
    "workflows": (
        "torc workflows reinitialize 7 --dry-run",
        "torc workflows export 7 -o sweep.json --include-results",
        "torc workflows import sweep.json --name again",
    ),
    "watch": (
        "torc watch 7 --show-job-counts",
        "torc watch 7 --recover --run-here --max-retries 5",
    ),
}


def epilog(group: str) -> str | None:
    """Return the examples of a group as the end of its help."""
    lines = EXAMPLES.get(group)
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines) if lines else None
