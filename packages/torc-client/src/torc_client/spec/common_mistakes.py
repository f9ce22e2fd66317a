"""What was meant by slips: by text that no parser could read, and by words that other systems have for ours."""

# What a parser says of usual slips, and the remedy. The first that is found counts; longer ones come first.
REMEDIES = (
    ("found character that cannot start any token", "indent with spaces, not tabs, and put text with @ or ` in quotes"),
    ("did not find expected '-' indicator", "indent this line as deep as the field above that it belongs beside"),
    ("did not find expected key", "indent this line as deep as the field above that it belongs beside"),
    ("did not find expected ',' or", "close the bracket, or put text that has a colon, comma or bracket in quotes"),
    ("mapping values are not allowed", "put text that has a colon in quotes, or indent this line as its neighbours"),
    ("could not find expected ':'", "write a colon and a space after the name of the field"),
    ("unexpected end of stream", "close the quotes"),
    ("Expecting property name", "take out the comma before it, quote the name, or name the file .json5"),
    ("Expecting ',' delimiter", "a comma or a closing bracket is missing before it"),
    ("Expecting ':' delimiter", "write a colon after the name"),
    ("Expecting value", "write a value: text is in quotes; JSON5 (.json5) has comments and commas at the end"),
    ("Unterminated string", "close the quotes"),
    ("Invalid control character", "close the quotes, or write a new line as \\n"),
    ("Extra data", "take it out, since the spec ends before it"),
    ("Unexpected end of input", "close the bracket or the quotes"),
    ("Unexpected", "a comma, a quote or a closing bracket is missing before it"),
)


def with_remedy(said: str) -> str:
    """What a parser said, and what to do about it where the slip is a usual one."""
    if ";" in said:  # it has one already
        return said
    for beginning, remedy in REMEDIES:
        if beginning in said:
            return f"{said}; {remedy}"
    return said


# What others call it, by what it is here.
WORDS_OF_OTHERS = {
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
    "num_cpus": ("cores", "threads"),
    "memory": ("mem", "ram"),
    "runtime": ("time", "timeout", "walltime"),
    "max_retries": ("retries", "attempts"),
}
OURS = {other: ours for ours, others in WORDS_OF_OTHERS.items() for other in others}
