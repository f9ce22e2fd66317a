"""Values that the middleware and the dispatcher store in a request: caller, span id, operation."""

from aiohttp import web

from torc_server.api.operation import Endpoint, Identity

SPAN_HEADER = "X-Span-ID"
SPAN_ID = web.RequestKey("span_id", str)
IDENTITY = web.RequestKey("identity", Identity)
OPERATION = web.RequestKey("operation", Endpoint)
# The values in the path of the operation, in order.
PATH_VALUES = web.RequestKey("path_values", list[str])
# The number of reloads of the password file before the credentials of the request were checked.
LOGINS = web.RequestKey("logins", int)
# The body, while a client follows the bodies of requests.
SENT_BODY = web.RequestKey("sent_body", bytes)
