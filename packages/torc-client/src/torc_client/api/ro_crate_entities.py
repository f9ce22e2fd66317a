# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on ro crate entities."""

from torc_client.api.records import (
    DeleteRoCrateEntitiesResponse,
    ListRoCrateEntitiesResponse,
    MessageResponse,
    RoCrateEntityModel,
)
from torc_client.operation import Operation, Operations

_CREATE_RO_CRATE_ENTITY = Operation("create_ro_crate_entity", "POST", "/ro_crate_entities", RoCrateEntityModel)
_DELETE_RO_CRATE_ENTITIES = Operation(
    "delete_ro_crate_entities", "DELETE", "/workflows/{id}/ro_crate_entities", DeleteRoCrateEntitiesResponse
)
_DELETE_RO_CRATE_ENTITY = Operation("delete_ro_crate_entity", "DELETE", "/ro_crate_entities/{id}", MessageResponse)
_GET_RO_CRATE_ENTITY = Operation("get_ro_crate_entity", "GET", "/ro_crate_entities/{id}", RoCrateEntityModel)
_LIST_RO_CRATE_ENTITIES = Operation(
    "list_ro_crate_entities", "GET", "/workflows/{id}/ro_crate_entities", ListRoCrateEntitiesResponse
)
_UPDATE_RO_CRATE_ENTITY = Operation("update_ro_crate_entity", "PUT", "/ro_crate_entities/{id}", RoCrateEntityModel)


class RoCrateEntities(Operations):
    """Operations on ro crate entities."""

    async def create_ro_crate_entity(self, body: RoCrateEntityModel) -> RoCrateEntityModel:
        """Create a crate entity."""
        return await self._call(_CREATE_RO_CRATE_ENTITY, body=body)

    async def delete_ro_crate_entities(self, id: int) -> DeleteRoCrateEntitiesResponse:
        """Delete all ro crate entities of a workflow.

        `id`: The workflow.
        """
        return await self._call(_DELETE_RO_CRATE_ENTITIES, path={"id": id})

    async def delete_ro_crate_entity(self, id: int) -> MessageResponse:
        """Delete a crate entity.

        `id`: The id of the record.
        """
        return await self._call(_DELETE_RO_CRATE_ENTITY, path={"id": id})

    async def get_ro_crate_entity(self, id: int) -> RoCrateEntityModel:
        """Get a crate entity.

        `id`: The id of the record.
        """
        return await self._call(_GET_RO_CRATE_ENTITY, path={"id": id})

    async def list_ro_crate_entities(
        self,
        id: int,
        *,
        file_id: int | None = None,
        entity_id: str | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListRoCrateEntitiesResponse:
        """List ro crate entities.

        `id`: The workflow.
        `file_id`: Only entities that describe this file.
        `entity_id`: Only entities with this id in the crate.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `sort_by`: The member to sort by. The id if absent.
        `reverse_sort`: Sort in descending order.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        """
        return await self._call(
            _LIST_RO_CRATE_ENTITIES,
            path={"id": id},
            query={
                "file_id": file_id,
                "entity_id": entity_id,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "filter": filter,
            },
        )

    async def update_ro_crate_entity(self, id: int, body: RoCrateEntityModel) -> RoCrateEntityModel:
        """Change a crate entity.

        Absent and null members keep their value, unless their description says otherwise.

        `id`: The id of the record.
        """
        return await self._call(_UPDATE_RO_CRATE_ENTITY, path={"id": id}, body=body)
