"""What is vendored is what its makers published, and everything that pages name is there."""

import hashlib
import re
from importlib import resources

STATIC = resources.files("torc_dash") / "static"
TEMPLATES = resources.files("torc_dash") / "templates"
# htmx.org 2.0.4, dist/htmx.min.js, from the npm registry.
HTMX_SHA256 = "e209dda5c8235479f3166defc7750e1dbcd5a5c1808b7792fc2e6733768fb447"


def test_htmx_is_the_published_file():
    assert hashlib.sha256((STATIC / "htmx.min.js").read_bytes()).hexdigest() == HTMX_SHA256


def test_files_that_pages_name_are_there():
    named = re.findall(r'"/static/([^"]+)"', (TEMPLATES / "base.html").read_text())
    assert named
    assert not [name for name in named if not (STATIC / name).is_file()]


def test_style_has_a_colour_for_each_status():
    from torc_client.api.enums import JobStatus  # noqa: PLC0415

    sheet = (STATIC / "style.css").read_text()
    for status in JobStatus:
        for place in (f".is-{status.value},", f".fill-{status.value} "):
            assert place in sheet
