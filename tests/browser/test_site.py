"""The site of the documentation, opened as files: it is searched there, and asks for nothing from elsewhere."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support import needs

ROOT = Path(__file__).parents[2]
HOME = ROOT / "site" / "index.html"
CHROMIUM = needs.path_of("chromium")
sync_api = needs.library("playwright.sync_api")
pytestmark = [
    needs.programs("chromium"),
    needs.ability("the built site", is_there=HOME.exists()),
]


@pytest.fixture
def page() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        # On a busy machine the index of the search takes long to load.
        page.set_default_timeout(100_000)
        yield page
        browser.close()


def test_the_site_is_searched_without_a_network(page: Any):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(HOME.as_uri())
    page.locator("input.md-search__input").fill("cancel a workflow")
    page.wait_for_selector("a.md-search-result__link")
    assert "cancel" in page.locator("a.md-search-result__link").first.inner_text().lower()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:", "about:"))] == []


def test_the_way_from_home_to_a_page(page: Any):
    page.goto(HOME.as_uri())
    page.locator("article").get_by_role("link", name="Your first workflow").first.click()
    page.wait_for_url("**/tutorials/first-workflow.html")
    assert page.locator("h1").inner_text().startswith("Your first workflow")
    assert page.locator(".highlight .filename").first.inner_text() == "greetings.yaml"
