"""Files of other projects are what their makers published, and everything that pages name is there."""

import gzip
import hashlib
import re
import tomllib
from importlib import resources

from aiohttp.test_utils import TestClient

STATIC = resources.files("torc_dash") / "static"
TEMPLATES = resources.files("torc_dash") / "templates"
_LISTED = tomllib.loads((STATIC / "vendor" / "VENDOR.toml").read_text())
VENDORED, BUNDLES = _LISTED["file"], _LISTED["bundle"]
_OF_BUNDLES = {"name", "entry", "licence", "licence_file", "sha256", "package"}
_OF_PACKAGES = {"name", "version", "licence", "url", "sha256"}
_MEMBERS = {"name", "package", "version", "licence", "licence_file", "url", "member", "sha256"}


def test_vendored_files_are_the_published_ones():
    for file in VENDORED:
        assert set(file) == _MEMBERS
        assert hashlib.sha256((STATIC / "vendor" / file["name"]).read_bytes()).hexdigest() == file["sha256"]
        assert file["version"] in file["url"]


def test_bundles_are_what_the_list_says():
    for bundle in BUNDLES:
        assert set(bundle) == _OF_BUNDLES
        assert hashlib.sha256((STATIC / "vendor" / bundle["name"]).read_bytes()).hexdigest() == bundle["sha256"]
        licences = (STATIC / "vendor" / bundle["licence_file"]).read_text()
        for package in bundle["package"]:
            assert set(package) == _OF_PACKAGES
            assert package["version"] in package["url"]
        # The first package builds the bundle, and is not in it.
        assert not [one for one in bundle["package"][1:] if f"{one['name']} {one['version']}\n" not in licences]


def test_the_editor_is_small_enough_for_a_slow_tunnel():
    own = [one.read_bytes() for one in (STATIC / "editor").iterdir()]
    scripts = [(STATIC / "vendor" / "codemirror.js").read_bytes(), *own]
    assert sum(len(gzip.compress(one)) for one in scripts) <= 160_000


def test_vendored_files_are_listed_and_have_licences():
    listed = {one[member] for one in (*VENDORED, *BUNDLES) for member in ("name", "licence_file")}
    assert {one.name for one in (STATIC / "vendor").iterdir()} == listed | {"VENDOR.toml"}


def test_own_scripts_are_short():
    folders = [STATIC, *(one for one in STATIC.iterdir() if one.is_dir() and one.name != "vendor")]
    own = [one for folder in folders for one in folder.iterdir() if one.name.endswith(".js")]
    assert own
    assert not [one.name for one in own if len(one.read_text().splitlines()) > 200]


def test_files_that_pages_name_are_there():
    pages = [*TEMPLATES.iterdir(), *(TEMPLATES / "pages").iterdir()]
    named = [name for one in pages if one.is_file() for name in re.findall(r'"/static/([^"{]+)"', one.read_text())]
    assert named
    assert not [name for name in named if not (STATIC / name).is_file()]


def test_style_has_a_colour_for_each_status():
    from torc_client.api.enums import JobStatus  # noqa: PLC0415

    sheet = (STATIC / "style.css").read_text()
    for status in JobStatus:
        for place in (f".is-{status.value},", f".fill-{status.value} "):
            assert place in sheet


async def test_an_unchanged_file_has_no_content(browser: TestClient):
    first = await browser.get("/static/style.css", headers={"Accept-Encoding": "gzip"})
    await first.read()
    again = await browser.get(
        "/static/style.css", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    )
    assert again.status == 304
    assert "Transfer-Encoding" not in again.headers
    assert await again.read() == b""
    assert (await browser.get("/static/style.css")).status == 200
