"""Types of parameters that several tools have."""

from typing import Annotated

from pydantic import Field

from torc_client.api.enums import JobStatus

Filter = Annotated[
    str,
    Field(
        max_length=2000,
        description="Words that all must match, such as `name~sweep status=failed,terminated -is_archived`. "
        "Operators: = != ~ !~ > >= < <=. A word without an operator is a part of the name.",
    ),
]
SearchText = Annotated[str, Field(min_length=1, max_length=200)]
FolderPath = Annotated[str, Field(min_length=1, max_length=4096, pattern="^[^\\x00]+$")]
Status = JobStatus
