"""Protection of forms: who changes something must send a token that only pages of this dashboard have.

The token belongs to a session: to its cookie on TCP, to this process on the UNIX socket. Each response has it in
another form, combined with random bytes. So an attacker cannot guess it byte by byte from the sizes of compressed
responses.
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Callable
from hashlib import sha256

from aiohttp import web
from aiohttp.typedefs import Handler
from markupsafe import Markup

from torc_dash.rendering import problem_page
from torc_dash.security import ACCESS_POLICY

FIELD = "csrf"
HEADER = "X-Torc-Token"
FORM_BYTES = 1024
SPEC_BYTES = 10 * 1024 * 1024

_SIZE = sha256().digest_size
_SECRET: web.AppKey[bytes] = web.AppKey("csrf_secret", bytes)
_LIMIT = "__torc_body_bytes__"


def set_up(app: web.Application) -> None:
    """Give the application a secret of its own."""
    app[_SECRET] = secrets.token_bytes(_SIZE)


def accepts(most_bytes: int) -> Callable[[Handler], Handler]:
    """Let a handler receive a body of up to `most_bytes`, instead of FORM_BYTES."""

    def mark(handler: Handler) -> Handler:
        setattr(handler, _LIMIT, most_bytes)
        return handler

    return mark


def values_for(request: web.Request) -> dict[str, object]:
    """Return the values of templates: `csrf`, the hidden field of a form, and `csrf_token` for a header."""
    pad = secrets.token_bytes(_SIZE)
    token = base64.urlsafe_b64encode(pad + _combined(pad, _token(request))).decode()
    return {"csrf": Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token), "csrf_token": token}


@web.middleware
async def check_token(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what could change something if it has no valid token, or a body that its handler does not accept.

    The proxy checks its requests itself: a page of another site cannot send the media type that it requires.
    """
    match = request.match_info
    if request.method in {"GET", "HEAD"} or match.http_exception is not None or _is_of_proxy(request):
        return await handler(request)
    limited = request.clone(client_max_size=getattr(match.handler, _LIMIT, FORM_BYTES))
    sent = request.headers.get(HEADER)
    if sent is None and request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        try:
            field = (await limited.post()).get(FIELD)
        except (ValueError, LookupError):
            return problem_page(request, "Not done", "The form cannot be read.", None, 400)
        sent = field if isinstance(field, str) else None
    if sent is None or not _is_valid(sent, _token(request)):
        return problem_page(
            request,
            "Not done",
            "The form is not from this dashboard, or torc-dash was restarted since the page was opened.",
            "Go back, reload the page, and send the form again.",
            403,
        )
    return await handler(limited)


def _is_of_proxy(request: web.Request) -> bool:
    return request.path.startswith("/torc-service/")


def _token(request: web.Request) -> bytes:
    sessions = request.app[ACCESS_POLICY].sessions
    session = "" if sessions is None else sessions.of(request) or ""
    return hmac.digest(request.app[_SECRET], session.encode(), "sha256")


def _combined(pad: bytes, value: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(pad, value, strict=True))


def _is_valid(sent: str, token: bytes) -> bool:
    try:
        both = base64.urlsafe_b64decode(sent.encode())
    except (ValueError, binascii.Error):
        return False
    if len(both) != 2 * _SIZE:
        return False
    return hmac.compare_digest(_combined(both[:_SIZE], both[_SIZE:]), token)
