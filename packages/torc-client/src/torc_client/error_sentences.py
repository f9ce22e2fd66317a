"""Messages of errors as sentences for people."""

from torc_client.errors import ApiError, TorcError, UnauthorizedError


def sentence(error: TorcError) -> str:
    """Return the message of an error as a sentence. Messages of the server have no full stop."""
    if isinstance(error, UnauthorizedError) and error.message == "Unauthorized":
        # Imported here, because most errors do not name the user.
        from torc_client.client import current_user  # noqa: PLC0415

        return f"The server refused {current_user()}: the password is missing or wrong, or the user is unknown."
    return f"{error.message}." if isinstance(error, ApiError) and error.message[-1:].isalnum() else error.message
