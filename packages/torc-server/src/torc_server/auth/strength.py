"""Judge new passwords by the number of guesses that find them."""

import importlib
from collections.abc import Mapping
from typing import Any

from torc_server.auth.htpasswd import PasswordFileError

LEAST_SCORE = 3
"""Of the scores 0 to 4: fewer than 100 million guesses do not find the password."""

# The estimator takes a time that grows with the length, and bcrypt uses no more.
_LONGEST = 72


class WeakPasswordError(PasswordFileError):
    """A password that is easy to guess."""


def require_strong(password: str, user: str) -> None:
    """Raise WeakPasswordError if a password is easy to guess for one who knows the user name."""
    weakness = _weakness(password, user)
    if weakness is not None:
        raise WeakPasswordError(
            f"the password of {user} is too weak: {weakness}; use a longer one, such as four random words, or the"
            " option --allow-weak"
        )


def _weakness(password: str, user: str) -> str | None:
    if password.casefold() == user.casefold():
        return "it is the user name"
    # The import takes a tenth of a second, and only new passwords need it.
    judged: Mapping[str, Any] = importlib.import_module("zxcvbn").zxcvbn(
        password[:_LONGEST], user_inputs=[user, "torc"]
    )
    if judged["score"] >= LEAST_SCORE:
        return None
    warning = str(judged["feedback"]["warning"]).strip().rstrip(".")
    return f"{warning[0].lower()}{warning[1:]}" if warning else "it is easy to guess"
