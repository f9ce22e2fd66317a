# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on tokens."""

from torc_client.api.records import CreatedTokenModel, ListTokensResponse, MessageResponse, TokenRequest
from torc_client.operation import Operation, Operations

_CREATE_TOKEN = Operation("create_token", "POST", "/workflows/{id}/tokens", CreatedTokenModel)
_LIST_TOKENS = Operation("list_tokens", "GET", "/tokens", ListTokensResponse)
_REVOKE_TOKEN = Operation("revoke_token", "DELETE", "/tokens/{id}", MessageResponse)


class Tokens(Operations):
    """Operations on tokens."""

    async def create_token(self, id: int, body: TokenRequest | None = None) -> CreatedTokenModel:
        """Issue a token for a workflow, which acts as the caller.

        A client sends it as `Authorization: Bearer TOKEN`. It is valid for this workflow and for the operations that a runner needs: those that the document marks with `x-torc-token`.

        `id`: The workflow.
        """
        return await self._call(_CREATE_TOKEN, path={"id": id}, body=body)

    async def list_tokens(
        self,
        *,
        workflow_id: int | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
    ) -> ListTokensResponse:
        """List the tokens of the workflows that the caller may use, without their texts.

        `workflow_id`: Only tokens of this workflow.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `sort_by`: The member to sort by. The id if absent.
        `reverse_sort`: Sort in descending order.
        """
        return await self._call(
            _LIST_TOKENS,
            query={
                "workflow_id": workflow_id,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
            },
        )

    async def revoke_token(self, id: int) -> MessageResponse:
        """Revoke a token, and the tokens that were requested with it. Requests with them are refused from now on.

        `id`: The token.
        """
        return await self._call(_REVOKE_TOKEN, path={"id": id})
