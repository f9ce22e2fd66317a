"""The meanings of the exit codes of `torc`. docs/reference/exit-statuses.md is generated from this module."""

from collections.abc import Mapping

from torc_client.cli.framework.failures import EXIT_ERROR, EXIT_HANGUP, EXIT_INTERRUPTED, EXIT_TERMINATED, EXIT_USAGE
from torc_client.edge.standard_streams import EXIT_NO_READER

GENERAL: Mapping[int, str] = {
    0: "Success.",
    EXIT_ERROR: "An error. stderr has a message and a hint; stdout is empty.",
    EXIT_USAGE: "The command line is invalid. An invalid value of a setting, such as -f or --url, is an error (1).",
    EXIT_INTERRUPTED: "Interrupted with Ctrl-C, or a prompt was not answered.",
    EXIT_HANGUP: "torc was interrupted by HUP: the terminal was closed.",
    EXIT_NO_READER: "The reader of stdout has closed the pipe, as `head` does. Runs continue with their own exit code.",
    EXIT_TERMINATED: "torc was interrupted by TERM.",
}
# Commands whose exit code 1 can mean more than an error. They print their result on stdout in that case too.
OF_ITS_OWN: Mapping[str, Mapping[int, str]] = {
    "torc config validate": {1: "A settings file or a variable is invalid."},
    "torc hpc match": {1: "No partition has nodes for the job."},
    "torc jobs reset-status": {1: "No job has this status or return code."},
    "torc ping": {1: "No server answers."},
    "torc remote run": {1: "A worker was not started, or the server has not accepted it."},
    "torc remote status": {1: "A worker does not run, its host cannot be reached, or the server does not have it."},
    "torc remote stop": {1: "A worker was not stopped, or may run."},
    "torc spec check": {1: "The spec is invalid."},
    "torc tasks wait": {1: "The task failed, or did not end before --timeout."},
    "torc watch": {
        1: "Jobs failed and were not recovered, jobs wait for a decision, the workflow was canceled, or no runner "
        "works on it. The member `ending` distinguishes these cases."
    },
    "torc workflows create": {1: "The spec is invalid, or the workflow was not created."},
}
