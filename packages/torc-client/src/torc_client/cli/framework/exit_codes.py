"""What the exit codes of `torc` mean: the page docs/reference/exit-statuses.md is made of this, and tests hold it."""

from collections.abc import Mapping

from torc_client.cli.framework.failures import EXIT_ERROR, EXIT_INTERRUPTED, EXIT_USAGE

GENERAL: Mapping[int, str] = {
    0: "It did what it was told.",
    EXIT_ERROR: "An error; stderr has a sentence that says what to do. Nothing is on stdout.",
    EXIT_USAGE: "The command line cannot be understood.",
    EXIT_INTERRUPTED: "It was interrupted with Ctrl-C, or a question was left unanswered.",
}
# Commands whose exit code says more than whether there was an error; their result is on stdout all the same.
OF_ITS_OWN: Mapping[str, Mapping[int, str]] = {
    "torc config validate": {1: "A file or a variable has a mistake."},
    "torc hpc detect": {1: "This machine belongs to no known cluster."},
    "torc hpc match": {1: "No partition has nodes for such a job."},
    "torc jobs reset-status": {1: "No job has this status or return code."},
    "torc ping": {1: "No server answers."},
    "torc spec check": {1: "The spec has mistakes."},
    "torc tasks wait": {1: "The task failed, or has not ended after --timeout."},
    "torc watch": {
        1: "Jobs did not succeed and were not, or could not be, recovered; or jobs wait for a decision; or the "
        "workflow was canceled; or nobody runs its jobs. `ending` says which."
    },
    "torc workflows create": {1: "The spec has mistakes (--dry-run), or nothing was created."},
}
