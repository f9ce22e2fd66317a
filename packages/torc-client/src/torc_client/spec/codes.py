"""The codes of spec problems: one for each rule, with its meaning and remedy for the reference page."""

from enum import Enum
from typing import Self


class Code(Enum):
    """A rule for specs. The value is the number: it never changes and is never reused. The name may change."""

    number: str
    meaning: str
    remedy: str

    def __new__(cls, number: str, meaning: str, remedy: str) -> Self:
        """Create a member whose value is the number."""
        member = object.__new__(cls)
        member._value_ = number
        member.number = number
        member.meaning = meaning
        member.remedy = remedy
        return member

    def __str__(self) -> str:
        return self.number

    @property
    def title(self) -> str:
        """The name in the form of the reference page: `unknown-field`."""
        return self.name.lower().replace("_", "-")

    # The text of the file.
    UNREADABLE_FILE = (
        "SPEC001",
        "The spec file cannot be read: it does not exist, is a directory, is too large, or its permissions forbid it.",
        "Give the path of a spec file, or `-` to read standard input.",
    )
    NOT_TEXT = ("SPEC002", "The file is not UTF-8 text.", "Save it as UTF-8.")
    EMPTY = ("SPEC003", "The file is empty.", "Write a spec: it has at least a name and jobs.")
    SYNTAX = (
        "SPEC004",
        "The text is not valid YAML, JSON, JSON5 or KDL.",
        "Correct the text at this line and column, or before it.",
    )
    NESTED_TOO_DEEPLY = (
        "SPEC005",
        "Lists and maps are nested more than 200 levels deep.",
        "Keep deeply nested data in a file of its own.",
    )
    REPEATED_KEY = (
        "SPEC006",
        "A map has the same key twice, or an object has the same field twice.",
        "Keep one of them.",
    )
    # Fields and their values.
    WRONG_TYPE = (
        "SPEC010",
        "A value does not have the type of its field. For example, it is a number, and the field needs a text.",
        "Write a value of the type that the message names. Text that looks like a number needs quotes.",
    )
    MISSING_FIELD = ("SPEC011", "A required field is missing.", "Add the field.")
    UNKNOWN_FIELD = (
        "SPEC012",
        "An object has no field of this name. In KDL this is a warning, unless the name resembles an important node.",
        "Correct the name, or remove the field. [Fields of spec files](spec-fields.md) lists all fields.",
    )
    INVALID_VALUE = (
        "SPEC013",
        "A value has the type of its field, but the field does not accept it.",
        "Write a value that the field accepts: [Fields of spec files](spec-fields.md) has the limits and choices.",
    )
    NOT_STORABLE = (
        "SPEC014",
        "A value cannot be stored: it has a number beyond 64 bits, an incomplete character, or too many values.",
        "Change the value, or keep the data in a file.",
    )
    # Names.
    REPEATED_NAME = ("SPEC020", "Two records of a collection have the same name.", "Rename one of them.")
    RESERVED_NAME = ("SPEC021", "The server reserves this name.", "Choose another name.")
    UNKNOWN_NAME = (
        "SPEC022",
        "The spec has no record of this name.",
        "Correct the name, or add the record to the collection that the message names.",
    )
    INVALID_PATTERN = (
        "SPEC023",
        "A text is not a valid regular expression, or the search with it takes too long.",
        "Correct the expression. `\\` before a special character makes it an ordinary one.",
    )
    NO_MATCH = ("SPEC024", "A regular expression matches no name.", "Correct the expression, or remove it.")
    INVALID_REFERENCE = (
        "SPEC025",
        "A reference in a command is incomplete or has an unknown form.",
        "Write `${files.input.NAME}` or `${files.output.NAME}`, or the same with `datasets` or `user_data`.",
    )
    SELF_DEPENDENCY = ("SPEC026", "A job depends on itself.", "Remove its name from `depends_on`.")
    WIDE_PATTERN = (
        "SPEC027",
        "A regular expression is empty, or is the name of one record and also matches others. This is a warning.",
        "Name the record in the list of names, or put `^` and `$` around the name.",
    )
    UNQUOTED_REFERENCE = (
        "SPEC028",
        "A reference in a command becomes a text that the shell would split or change. This is a warning.",
        "Write `${files.input.NAME:q}`, which becomes one word of the shell, without quotation marks around it.",
    )
    NO_DATA_YET = (
        "SPEC029",
        "A command refers to user data that have no value when the workflow is created. This is a warning.",
        "Read them in the command: references are replaced when the workflow is created, before any job runs.",
    )
    # Parameters and variables.
    INVALID_PARAMETER = (
        "SPEC030",
        "The name or the values of a parameter are invalid.",
        "Write a range such as `1:10`, a list or a single value. Names consist of letters, digits and `_`.",
    )
    TOO_MANY_INSTANCES = (
        "SPEC031",
        "The parameters produce more records than a workflow may have.",
        "Reduce the values of the parameters.",
    )
    AMBIGUOUS_NAME = (
        "SPEC032",
        "Several instances of a record would have the same name.",
        "Put the parameters that the message names into the name, in braces.",
    )
    UNKNOWN_PARAMETER = (
        "SPEC033",
        "The workflow does not have the parameter (a warning) or the table of parameters that a record uses.",
        "Correct the name, or add the parameter or `parameters_file` to the workflow.",
    )
    CONFLICTING_PARAMETERS = (
        "SPEC034",
        "Two fields define the same instances or the same name.",
        "Remove or rename one of them.",
    )
    INVALID_TABLE = (
        "SPEC035",
        "A file with values of parameters cannot be read, or its rows do not match.",
        "Correct the path or the content of the file. Relative paths start at the current directory.",
    )
    UNKNOWN_PLACEHOLDER = (
        "SPEC036",
        "A name in braces is not defined: an error in specs with `variables`, a warning in records with parameters.",
        "Define the name, or add it to `use_parameters`. If it is not a placeholder, put a space after the brace.",
    )
    INVALID_VARIABLE = (
        "SPEC037",
        "The name or the value of a variable is invalid.",
        "Use letters, digits and `_` for the name, and no names in braces in the value.",
    )
    SINGLE_VALUE = (
        "SPEC038",
        "A parameter has a single value, although its text looks like several. This is a warning.",
        "Write several values as the message shows. If one value is meant, put it in a list.",
    )
    UNUSED_COLUMN = (
        "SPEC039",
        "A column of a table of parameters is used nowhere. This is a warning.",
        "Write its name in braces where its values belong, or remove it. Names consist of letters, digits and `_`.",
    )
    # Amounts and the order of jobs.
    INVALID_MEMORY = (
        "SPEC040",
        "An amount of memory is invalid, or is a few bytes because its unit is missing (a warning).",
        "Write a whole number with the unit k, m, g or t, such as `8g`. A number without a unit is in bytes.",
    )
    INVALID_DURATION = (
        "SPEC041",
        "A duration is invalid, or has months where minutes are probably meant (a warning).",
        "Write it in ISO 8601, such as `PT30M` or `P1DT12H`: the time follows the `T`.",
    )
    DEPENDENCY_CYCLE = (
        "SPEC042",
        "Jobs wait for each other, directly or through files and user data. None of them could start.",
        "Remove one of the dependencies.",
    )
    NO_JOBS = ("SPEC043", "The spec has no job. This is a warning.", "Add a job.")
    SHARED_OUTPUT = (
        "SPEC044",
        "Two jobs write the same file, and neither waits for the other: only one of the results would be left.",
        "Give each job a path of its own, with its parameters in it, or let one of them wait for the other.",
    )
    REPEATED_PATH = (
        "SPEC045",
        "Two records of files have the same path, so they are the same file. This is a warning.",
        "Keep one of them. If one path is relative and the other one absolute, write both in the same form.",
    )
    # Actions and Slurm.
    INCOMPLETE_ACTION = (
        "SPEC050",
        "An action does not have a field that its trigger or its type needs.",
        "Add the field that the message names.",
    )
    IRRELEVANT_FIELD = (
        "SPEC051",
        "An action has a field that its trigger or its type does not use. This is a warning.",
        "Remove the field, or change the trigger or type.",
    )
    MISSING_ACCOUNT = (
        "SPEC052",
        "Neither a Slurm scheduler nor `slurm_defaults` has an account.",
        "Add `account` to one of them.",
    )
    INVALID_WALLTIME = (
        "SPEC053",
        "A walltime is not a time limit that Slurm accepts, or has minutes and seconds only (a warning).",
        "Write hours:minutes:seconds, such as `04:00:00`.",
    )
    INVALID_SLURM_DEFAULT = (
        "SPEC054",
        "An option in `slurm_defaults` cannot be the same for all allocations, or Torc sets an option itself.",
        "Set it in `slurm_schedulers`, or remove it.",
    )
    IDLE_NODES = (
        "SPEC055",
        "Nodes of an allocation would be idle (a warning), or do not fit the jobs. `--skip-checks` disables this rule.",
        "Set `start_one_worker_per_node` in mode `direct`, or require that number of nodes. Remove it in mode `slurm`.",
    )
    UNFIT_JOB = (
        "SPEC057",
        "A job requires more than allocations of its Slurm scheduler, or of all schedulers, have. This is a warning.",
        "Change the scheduler or the requirements, or bind the job to another one. `--skip-checks` disables this rule.",
    )
    # SPEC056 was a warning about schedulers that differ in a spec without `jobs_sort_method`.
    # Settings.
    CONFLICTING_SETTINGS = (
        "SPEC060",
        "A setting does not apply to the execution mode of the workflow, or conflicts with another one.",
        "Remove the setting, or change the mode.",
    )
    INVALID_SIGNAL = ("SPEC061", "A signal is unknown.", "Write a name such as `SIGTERM`.")
    NEEDS_RO_CRATE = (
        "SPEC062",
        "A field is only used in RO-Crates, which are not enabled. This is a warning for fields of datasets.",
        "Set `enable_ro_crate` to true, or remove the field.",
    )
    UNUSED_RULE = (
        "SPEC063",
        "A failure handler has no rules, or one of its rules applies to or retries no failed job. This is a warning.",
        "Add `exit_codes` from 1 to 255 or `match_all_exit_codes: true`, and `max_retries` from 2: the first counts.",
    )
    UNNAMED_USER_DATA = (
        "SPEC064",
        "A user data record has no name and gets one from its position. This is a warning.",
        "Add a name.",
    )
    SWALLOWED_COMMAND = (
        "SPEC065",
        "A command on the same line as its invocation script does not run, or not as meant. This is a warning.",
        "End the script with `;` or `&&`, or write it in several lines.",
    )
    UNEXPANDED_PATH = (
        "SPEC066",
        "The path of a file has a `~` or a variable, which the shell expands in a command, and Torc does not.",
        "Write the path itself, a relative path, or a variable of the spec in braces.",
    )
    PATTERN_IN_PATH = (
        "SPEC067",
        "The path of a file is a URL, or a pattern such as `*.csv` that no job writes. This is a warning.",
        "Name each file, or use a dataset for the folder. Patterns are not expanded, and URLs are not read.",
    )
    UNEXPANDED_VARIABLE = (
        "SPEC068",
        "A value of `env` has a `~` or a variable, which is not expanded. This is a warning.",
        "Set the variable in the command, where the shell expands it.",
    )
    INVALID_GLOB = (
        "SPEC069",
        "A pattern of file names, such as `glob:data/*.csv`, matches nothing or cannot be used as values.",
        "Correct the pattern, or create the files first. Relative patterns start at the current directory.",
    )
    UNKNOWN_FORM = (
        "SPEC070",
        "A placeholder has a form that does not exist or does not fit the value. It is ignored, with this warning.",
        "Write a form such as `03d`, `.2f`, `q`, `stem`, `name` or `parent`, or only the name.",
    )
    LOOKALIKE = (
        "SPEC071",
        "A name, path, command or value has a character that is easily mistaken or cannot be seen. This is a warning.",
        "Write plain blanks, quotation marks and hyphens. Remove blanks at the ends, and carriage returns.",
    )
    LOST_ZEROS = (
        "SPEC072",
        "The ends of a range have leading zeros, which its values do not have. This is a warning.",
        "Write the zeros where the value is used, as in `{i:03d}`.",
    )
