"""Common mistakes in specs: syntax errors with a known fix, and field names of other systems."""

# A phrase in the message of a parser, and the fix. The first phrase that is found applies; longer ones come first.
FIXES = (
    ("found character that cannot start any token", "indent with spaces, not tabs, and put text with @ or ` in quotes"),
    ("did not find expected '-' indicator", "indent this line like the lines beside it"),
    ("did not find expected key", "indent this line like the lines beside it"),
    ("did not find expected ',' or", "close the bracket, or put text that has a colon, comma or bracket in quotes"),
    (
        "mapping values are not allowed",
        "put text that has a colon in quotes, or indent this line like the lines beside it",
    ),
    ("could not find expected ':'", "write a colon and a space after the name of the field"),
    ("unexpected end of stream", "close the quotes"),
    ("Expecting property name", "remove the comma before it, quote the name, or name the file .json5"),
    ("Illegal trailing comma", "remove the comma, or name the file .json5"),
    ("Expecting ',' delimiter", "a comma or a closing bracket is missing before it"),
    ("Expecting ':' delimiter", "write a colon after the name"),
    ("Expecting value", "write a value: text is in quotes; JSON5 (.json5) has comments and commas at the end"),
    ("Unterminated string", "close the quotes"),
    ("Invalid control character", "close the quotes, or write a new line as \\n"),
    ("Extra data", "remove it: the spec ends before it"),
    ("Unexpected end of input", "close the bracket or the quotes"),
    ("Unexpected", "a comma, a quote or a closing bracket is missing before it"),
)


def common_fix(parser_message: str) -> str:
    """Return the fix for the message of a parser if it is a common mistake; empty for others."""
    return next((fix for phrase, fix in FIXES if phrase in parser_message), "")


# Our field names, each with the names of other systems.
FIELDS_OF_OTHER_SYSTEMS = {
    "jobs": ("steps", "tasks", "rules", "processes"),
    "command": ("cmd", "run", "script", "shell", "exec"),
    "depends_on": (
        "after",
        "dependencies",
        "needs",
        "requires",
        "parents",
        "blocked_by",
        "blocked_by_job",
        "blocked_by_jobs",
    ),
    "input_files": ("input", "inputs"),
    "output_files": ("output", "outputs"),
    "resource_requirements": ("resources", "requirements"),
    "env": ("environment",),
    "variables": ("vars", "constants"),
    "parameters": ("matrix", "params", "sweep"),
    "num_cpus": ("cores", "cpus", "threads"),
    "num_gpus": ("gpus",),
    "memory": ("mem", "ram"),
    "runtime": ("time", "timeout", "walltime"),
    "max_retries": ("retries", "attempts"),
}
FIELD_MEANT_BY = {other: field for field, others in FIELDS_OF_OTHER_SYSTEMS.items() for other in others}

# Fields that other systems have in a job and that are in a record that the job names, each with the fix.
_REQUIREMENTS = (
    "set {} in an entry of `resource_requirements` of the workflow, and name the entry in the job's "
    "`resource_requirements`"
)
_HANDLER = (
    "set {} in a rule of an entry of `failure_handlers` of the workflow, and name the entry in the job's "
    "`failure_handler`"
)
OF_ANOTHER_OBJECT = {
    name: fix.format(f"`{field}`")
    for field, fix in (
        ("num_cpus", _REQUIREMENTS),
        ("num_gpus", _REQUIREMENTS),
        ("memory", _REQUIREMENTS),
        ("runtime", _REQUIREMENTS),
        ("max_retries", _HANDLER),
    )
    for name in (field, *FIELDS_OF_OTHER_SYSTEMS.get(field, ()))
}
