"""The exceptions of the functions of this package. Those of single calls are in torc.openapi_client.exceptions."""


class TorcBaseException(Exception):  # noqa: N818 - users import these names
    """Base class of these exceptions."""


class ExecutionError(TorcBaseException):
    """An operation failed."""


class InvalidParameter(TorcBaseException):
    """A parameter is invalid."""


class InvalidWorkflow(TorcBaseException):
    """A workflow is invalid."""


class DatabaseOffline(TorcBaseException):
    """The server does not answer."""


class TorcOperationNotAllowed(TorcBaseException):
    """The operation is not permitted."""
