"""All keys of the terminal interface, as data. Footer, help, command palette and reference page are made from it.

A key belongs to the scopes where it works. The method `do_ACTION` of the widget with the scope performs it, else the
function of this action in `actions/table.py`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Where a key works: everywhere, in a pane, or on a screen in front. The value is its heading."""

    GLOBAL = "Everywhere"
    SERVER = "Server"
    TABLE = "Tables"
    WORKFLOWS = "Workflows"
    OVERVIEW = "Overview"
    JOBS = "Jobs"
    RUNNING = "Running"
    GRAPH = "Graph"
    RESULTS = "Results"
    FILES = "Files"
    USER_DATA = "User Data"
    COMPUTE_NODES = "Compute Nodes"
    SCHEDULED_NODES = "Scheduled Nodes"
    EVENTS = "Events"
    RECORD = "Details of a record"
    RECOVERY = "Recovery"
    DETAILS = "Details"
    LOG_VIEWER = "Log viewer"
    FILE_VIEWER = "File viewer"
    PROCESS_VIEWER = "Process viewer"
    FRONT = "Screens in front"


@dataclass(frozen=True, slots=True)
class Key:
    """A key: its name in textual, the word in the footer, a sentence for help, and the action that it performs.

    `keys` has several names if they do the same, or if `passes_key` gives the name to the action. `changes`: it
    changes something on the server, so `--read-only` hides and refuses it. `in_footer`: the footer shows it; keys that
    every user knows have no place there. `in_palette`: the command palette has it.
    """

    keys: tuple[str, ...]
    scopes: tuple[Scope, ...]
    word: str
    help: str
    action: str
    changes: bool = False
    in_footer: bool = True
    in_palette: bool = True
    passes_key: bool = False

    @property
    def shown(self) -> str:
        """The key as people write it, such as `Ctrl-P` or `1-8`."""
        if self.passes_key and len(self.keys) > 1:
            return f"{shown_key(self.keys[0])}-{shown_key(self.keys[-1])}"
        return " ".join(shown_key(key) for key in self.keys)


_NAMES = {
    "question_mark": "?", "colon": ":", "equals_sign": "=", "right_square_bracket": "]", "left_square_bracket": "[",
    "asterisk": "*", "slash": "/", "number_sign": "#", "space": "Space", "enter": "Enter", "escape": "Esc",
    "tab": "Tab", "shift+tab": "Shift-Tab", "left": "←", "right": "→", "up": "↑", "down": "↓", "pageup": "PgUp",
    "pagedown": "PgDn", "backspace": "Backspace", "full_stop": ".", "greater_than_sign": ">", "less_than_sign": "<",
    "dollar_sign": "$",
}  # fmt: skip


def shown_key(key: str) -> str:
    """Return the name of a key as people write it."""
    if key.startswith("ctrl+"):
        return f"Ctrl-{key[5:].upper()}"
    return _NAMES.get(key, key)


_S = Scope
_WORKFLOW = (_S.WORKFLOWS, _S.OVERVIEW, _S.DETAILS)
_RECORDS = (_S.RESULTS, _S.FILES, _S.USER_DATA, _S.COMPUTE_NODES, _S.SCHEDULED_NODES, _S.EVENTS)
_VIEWERS = (_S.LOG_VIEWER, _S.FILE_VIEWER)
_HIDDEN = {"in_footer": False}
_PLAIN = {"in_footer": False, "in_palette": False}


def _key(keys: str, scopes: Scope | tuple[Scope, ...], word: str, action: str, help: str, **options: bool) -> Key:
    places = (scopes,) if isinstance(scopes, Scope) else scopes
    return Key(tuple(keys.split()), places, word, help, action, **options)


KEYS: tuple[Key, ...] = (
    # Performed by the main screen.
    _key("question_mark", _S.GLOBAL, "help", "help", "Show the keys that work here."),
    _key("q", _S.GLOBAL, "quit", "quit", "Close the screen in front; on the main screen, quit."),
    _key("ctrl+c", _S.GLOBAL, "quit", "leave", "Quit.", **_PLAIN),
    _key("escape", _S.GLOBAL, "back", "back", "Close the screen in front, or go back to the workflows.", **_PLAIN),
    _key("colon ctrl+p", _S.GLOBAL, "commands", "palette", "Search for a command.", in_palette=False),
    _key("tab", _S.GLOBAL, "next view", "next_view", "Show the next view of the workflow.", **_PLAIN),
    _key("shift+tab", _S.GLOBAL, "previous view", "previous_view", "Show the previous view.", **_PLAIN),
    _key("right", _S.GLOBAL, "view", "focus_view", "Go to the view of the workflow.", **_PLAIN),
    _key("left", _S.GLOBAL, "workflows", "focus_workflows", "Go to the workflows.", **_PLAIN),
    _key("r", _S.GLOBAL, "refresh", "refresh", "Read everything that is shown again.", **_HIDDEN),
    _key(
        "A",
        _S.GLOBAL,
        "auto-refresh",
        "auto_refresh",
        "Also read everything again every 30 seconds, or stop that.",
        **_HIDDEN,
    ),
    _key("e", _S.GLOBAL, "events", "show_events", "Show the events of the workflow.", **_HIDDEN),
    _key(
        "D",
        _S.GLOBAL,
        "details",
        "show_details",
        "Show the details of the workflow, such as its submission directory.",
        **_HIDDEN,
    ),
    _key("f", _S.TABLE, "filter", "filter", "Filter the table: a query such as status=failed or name~sweep."),
    _key(
        "equals_sign",
        _S.TABLE,
        "same",
        "filter_same",
        "Filter by the value of the row, such as its status.",
        **_HIDDEN,
    ),
    _key("c", _S.TABLE, "clear filter", "clear_filter", "Remove the filter of the table.", **_HIDDEN),
    _key("w", _S.GLOBAL, "user", "choose_user", "Show the workflows of another user.", **_HIDDEN),
    _key("a", _S.GLOBAL, "all users", "all_users", "Show the workflows of all users, or only those of one.", **_HIDDEN),
    _key("u", _S.GLOBAL, "server", "choose_server", "Connect to another server.", **_HIDDEN),
    _key(
        "o",
        _S.GLOBAL,
        "output dir",
        "choose_output_dir",
        "Change the output directory, where logs are searched.",
        **_HIDDEN,
    ),
    # The server that is started from here.
    _key(
        "S", _S.SERVER, "start", "start_server", "Start a server that ends with this program.", changes=True, **_HIDDEN
    ),
    _key("K", _S.SERVER, "stop", "stop_server", "Stop the server that was started here.", changes=True, **_HIDDEN),
    _key(
        "O",
        _S.SERVER,
        "output",
        "show_server_output",
        "Show the output of the server that was started here.",
        **_HIDDEN,
    ),
    # Every table of records.
    _key("g", _S.TABLE, "first", "first_row", "Go to the first row.", **_PLAIN),
    _key("G", _S.TABLE, "last", "last_row", "Go to the last row.", **_PLAIN),
    _key("right_square_bracket", _S.TABLE, "next page", "next_page", "Read the next rows.", **_PLAIN),
    _key("left_square_bracket", _S.TABLE, "previous page", "previous_page", "Read the previous rows.", **_PLAIN),
    _key("pagedown", _S.TABLE, "down", "page_down", "Go one screen down.", **_PLAIN),
    _key("pageup", _S.TABLE, "up", "page_up", "Go one screen up.", **_PLAIN),
    _key(
        "1 2 3 4 5 6 7 8",
        _S.TABLE,
        "sort",
        "sort",
        "Sort by this column; the same key again reverses it.",
        passes_key=True,
        in_palette=False,
    ),
    _key("full_stop", _S.TABLE, "other table", "next_table", "Show the next table of this view."),
    _key("greater_than_sign", _S.TABLE, "columns", "next_column", "Show columns further to the right.", **_HIDDEN),
    _key("less_than_sign", _S.TABLE, "columns left", "previous_column", "Show columns further to the left.", **_HIDDEN),
    _key("Y", _S.TABLE, "copy", "copy_row", "Copy the row to the clipboard.", **_HIDDEN),
    # The chosen workflow: performed by `actions`.
    _key("enter", _S.WORKFLOWS, "open", "open", "Show the workflow in the views.", in_palette=False),
    _key("n", _S.WORKFLOWS, "new", "new_workflow", "Create a workflow from a spec file.", changes=True),
    _key("x", _WORKFLOW, "run", "run", "Run the workflow on this machine.", changes=True),
    _key(
        "V", _WORKFLOW, "recover", "recover", "Raise memory or time limits of failed jobs and retry them.", changes=True
    ),
    _key("y", _WORKFLOW, "retry", "retry_failed", "Make jobs that failed ready again, as they are.", changes=True),
    _key(
        "C",
        _WORKFLOW,
        "cancel",
        "cancel_workflow",
        "Cancel the workflow: its jobs stop, and no more start.",
        changes=True,
    ),
    _key("i", _WORKFLOW, "init", "initialize", "Initialize the workflow: make it ready to run.", changes=True),
    _key(
        "I", _WORKFLOW, "reinit", "reinitialize", "Make jobs ready again whose inputs changed.", changes=True, **_HIDDEN
    ),
    _key("R", _WORKFLOW, "reset", "reset", "Reset the status of all jobs.", changes=True, **_HIDDEN),
    _key("s", _WORKFLOW, "submit", "submit", "Submit the workflow to Slurm.", changes=True),
    _key(
        "W",
        _WORKFLOW,
        "watch",
        "watch",
        "Watch the workflow until it ends, and recover it on request.",
        changes=True,
        **_HIDDEN,
    ),
    _key("v", _WORKFLOW, "try recovery", "recover_dry_run", "Show what a recovery would do.", **_HIDDEN),
    _key("d", _WORKFLOW, "delete", "delete_workflow", "Delete the workflow and everything in it.", changes=True),
    _key("z", _WORKFLOW, "archive", "archive", "Archive the workflow, or restore it.", changes=True, **_HIDDEN),
    _key("X", _WORKFLOW, "export", "export", "Write the workflow to a file for `torc workflows import`.", **_HIDDEN),
    # The jobs of a table: performed by `actions`, and viewers in `screens`.
    _key("enter", _S.JOBS, "details", "open", "Show everything about the job.", in_palette=False),
    _key("l", (_S.JOBS, _S.RUNNING, _S.RESULTS, _S.SCHEDULED_NODES), "log", "show_log", "Show the log."),
    _key(
        "E",
        (_S.WORKFLOWS, _S.JOBS, _S.RUNNING, _S.RESULTS, _S.OVERVIEW, _S.GRAPH),
        "next error",
        "next_failed",
        "Show the log of the next failed job at its first error.",
    ),
    _key(
        "C",
        (_S.JOBS, _S.RUNNING),
        "cancel",
        "cancel_jobs",
        "Cancel the selected jobs, or the one of the row.",
        changes=True,
    ),
    _key(
        "t",
        (_S.JOBS, _S.RUNNING),
        "terminate",
        "terminate_jobs",
        "Terminate the selected jobs, or the one of the row.",
        changes=True,
    ),
    _key("y", _S.JOBS, "retry", "retry_jobs", "Retry the selected jobs, or the one of the row.", changes=True),
    _key(
        "U",
        _S.JOBS,
        "uninit",
        "reset_jobs",
        "Reset the selected jobs, or the one of the row, to uninitialized.",
        changes=True,
        **_HIDDEN,
    ),
    _key(
        "p", _S.JOBS, "priority", "set_priority", "Change the priority of the selected jobs.", changes=True, **_HIDDEN
    ),
    _key(
        "m",
        _S.JOBS,
        "memory",
        "set_requirements",
        "Change memory, run time and CPUs of the selected jobs.",
        changes=True,
    ),
    _key(
        "dollar_sign",
        _S.JOBS,
        "command",
        "set_command",
        "Change the command of the job, and let it run again.",
        changes=True,
        **_HIDDEN,
    ),
    _key("space", (_S.JOBS, _S.WORKFLOWS), "select", "select", "Select the row, or no longer.", in_palette=False),
    _key(
        "asterisk",
        (_S.JOBS, _S.WORKFLOWS),
        "all",
        "select_all",
        "Select all rows that match the filter, or none.",
        **_HIDDEN,
    ),
    _key(
        "b", _S.JOBS, "by group", "choose_group", "Show the jobs of a group: those whose names differ only in numbers."
    ),
    _key("right_square_bracket", _S.RECORD, "next", "next_record", "Show the record of the next row."),
    _key("left_square_bracket", _S.RECORD, "previous", "previous_record", "Show the record of the row before."),
    _key("Y", _S.DETAILS, "copy", "copy_record", "Copy the record of the workflow.", **_HIDDEN),
    _key("y", _S.RECORD, "copy", "copy_record", "Copy the command of a job, the path of a file, or the data."),
    _key("l", _S.RECORD, "log", "show_log", "Show the log of the job."),
    # The recovery of a workflow.
    _key(
        "space", _S.RECOVERY, "tick", "tick", "Retry the jobs of the row, or leave them as they are.", in_palette=False
    ),
    _key("asterisk", _S.RECOVERY, "all", "tick_all", "Retry the jobs of all rows, or of none.", in_palette=False),
    _key("enter", _S.RECOVERY, "edit", "edit_row", "Change memory and run time of the row.", in_palette=False),
    _key("l", _S.RECOVERY, "log", "show_log", "Show the log of the job that the row names.", in_palette=False),
    _key(
        "r", _S.RECOVERY, "look again", "look_again", "Look for failed jobs again.", in_palette=False, in_footer=False
    ),
    _key(
        "a",
        _S.RECOVERY,
        "apply",
        "apply_recovery",
        "Do what is shown, after a question.",
        changes=True,
        in_palette=False,
    ),
    _key("escape", _S.RECOVERY, "back", "close", "Go back, and change nothing.", in_palette=False),
    # Other views: performed by `panes`.
    _key("enter", _S.OVERVIEW, "open", "open", "Show what the row is about.", in_palette=False),
    _key("enter", _S.RUNNING, "details", "open", "Show everything about the job.", in_palette=False),
    _key("enter", _S.GRAPH, "jobs", "open", "Show the jobs of the group.", in_palette=False),
    _key("z", _S.GRAPH, "near", "show_near", "Show the jobs up to 2 steps from the job of the node."),
    _key("z", (_S.JOBS, _S.RUNNING), "graph", "show_near", "Show the graph of the jobs near the job.", **_HIDDEN),
    _key("backspace", _S.GRAPH, "groups", "show_groups", "Show the groups of the workflow again."),
    _key("F", _S.GRAPH, "files", "toggle_files", "Show files and data between the groups, or no longer."),
    _key("L", _S.GRAPH, "list", "toggle_list", "Show the graph as a list, or as a drawing."),
    _key("enter", _RECORDS, "details", "open", "Show the whole record; of a file, its content.", in_palette=False),
    # Viewers in `screens`, `actions.logs`.
    _key("P", _S.GLOBAL, "programs", "show_processes", "Show the programs that were started from here.", **_HIDDEN),
    _key(
        "tab",
        _S.LOG_VIEWER,
        "log",
        "switch_stream",
        "Show the next log of the attempt: stdout, stderr, runner.",
        in_palette=False,
    ),
    _key("f", _VIEWERS, "follow", "follow", "Follow the end, or stop that."),
    _key("slash", _VIEWERS, "search", "search", "Search for a text, or for /an expression/."),
    _key("n", _VIEWERS, "next", "next_match", "Go to the next match."),
    _key("N", _VIEWERS, "previous", "previous_match", "Go to the previous match.", **_HIDDEN),
    _key("e", _VIEWERS, "error", "first_error", "Go to the first known error, then to the next one."),
    _key("E", _S.LOG_VIEWER, "next failed", "next_failed", "Show the log of the next failed job at its first error."),
    _key("a", _S.LOG_VIEWER, "attempts", "choose_attempt", "Choose a run and an attempt of the job."),
    _key("w", _VIEWERS, "wrap", "wrap", "Wrap long lines, or cut them.", **_HIDDEN),
    _key("number_sign", _VIEWERS, "line", "go_to_line", "Go to a line by its number.", **_HIDDEN),
    _key("g", _VIEWERS, "first", "first_line", "Go to the first line.", **_HIDDEN),
    _key("G", _VIEWERS, "last", "last_line", "Go to the last line.", **_HIDDEN),
    _key("y", _VIEWERS, "path", "show_path", "Show the path of the file, and copy it."),
    _key("Y", (*_VIEWERS, _S.PROCESS_VIEWER), "copy", "copy_lines", "Copy the lines in view.", **_HIDDEN),
    _key(
        "o",
        _S.LOG_VIEWER,
        "output dir",
        "choose_output_dir",
        "Change the output directory, where logs are searched.",
        **_HIDDEN,
    ),
    _key("k", _S.PROCESS_VIEWER, "kill", "kill", "End the program, after a question."),
    _key("a", _S.PROCESS_VIEWER, "auto-scroll", "auto_scroll", "Follow the output, or stop that."),
    # Every screen in front of the main one: performed by `front.py`.
    _key("q escape", _S.FRONT, "close", "close", "Close the screen.", in_palette=False),
    _key("question_mark", _S.FRONT, "help", "help", "Show the keys that work here.", in_palette=False),
)


def keys_of(*scopes: Scope) -> list[Key]:
    """Return the keys that work in any of the scopes."""
    return [key for key in KEYS if any(scope in key.scopes for scope in scopes)]


def key_of(action: str, scope: Scope) -> Key | None:
    """Return the key of an action in a scope, or None."""
    return next((key for key in KEYS if key.action == action and scope in key.scopes), None)
