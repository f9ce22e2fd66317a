"""Create the user data of mapped functions: for each job a record that it reads and one that it writes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from torc_client.answers import id_of
from torc_client.api import Subjects
from torc_client.api.records import UserDataListModel, UserDataModel
from torc_client.bulk_create import batches


@dataclass(frozen=True, slots=True)
class UserDataPair:
    """The ids of the record that a job reads and of the record that it writes."""

    input_id: int
    output_id: int


async def create_user_data_pairs(
    client: Subjects,
    workflow_id: int,
    inputs: Iterable[tuple[str, Mapping[str, Any]]],
    *,
    output_names: Mapping[str, str] | None = None,
) -> list[UserDataPair]:
    """Create `input_NAME` and `output_NAME` for each name with the data of its input, in order. Raises TorcError.

    `output_names` has the names of the outputs that are called otherwise.
    """
    ids: list[int] = []
    for batch in batches(_records(workflow_id, inputs, output_names or {}), _size, name=lambda record: record.name):
        answer = await client.user_data.create_user_data_list(UserDataListModel(user_data=batch))
        ids += [id_of(record) for record in answer.user_data or []]
    return [UserDataPair(read, written) for read, written in zip(ids[::2], ids[1::2], strict=True)]


def _records(
    workflow_id: int, inputs: Iterable[tuple[str, Mapping[str, Any]]], output_names: Mapping[str, str]
) -> Iterator[UserDataModel]:
    for name, data in inputs:
        yield UserDataModel(workflow_id=workflow_id, name=f"input_{name}", data=data)
        yield UserDataModel(workflow_id=workflow_id, name=output_names.get(name, f"output_{name}"), data={})


def _size(record: UserDataModel) -> int:
    return len(msgspec.json.encode(record))
