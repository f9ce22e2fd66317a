"""The base class of errors that prevent a server from starting."""


class CannotStart(Exception):  # noqa: N818 - named after the state, as the errors of the store
    """The server cannot start with its settings, files or addresses. The message says what to do."""
