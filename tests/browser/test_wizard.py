"""The wizard in a browser: from an empty form to the text in the editor."""

from support import needs
from support.browsing import Visit, expect

pytestmark = needs.programs("chromium")


def test_a_form_becomes_a_spec_in_the_editor(visit: Visit):
    visit.open("/new")
    visit.page.get_by_role("link", name="fill in a form").click()
    visit.page.locator("#name").fill("sweep")
    visit.page.locator("#name-0").fill("simulate_{i}")
    visit.page.locator("#parameters-0").fill("i = 1:3")
    visit.page.locator("#command-0").fill("echo {i}")
    visit.page.get_by_role("button", name="Add a job").click()
    expect(visit.page.locator("#name-1")).to_be_focused()
    visit.page.locator("#name-1").fill("summarise")
    visit.page.locator("#needs-1").fill("simulate_{i}")
    visit.page.keyboard.press("Enter")  # without a command
    expect(visit.page.locator("#command-1")).to_have_attribute("aria-invalid", "true")
    expect(visit.page.locator("#command-1")).to_be_focused()
    visit.page.locator("#command-1").fill("echo done")
    visit.page.get_by_role("button", name="Write the spec").last.click()
    visit.page.get_by_role("button", name="Continue in the editor").click()
    expect(visit.page.locator("#spec-editor .cm-content")).to_contain_text("depends_on_regexes")
    visit.sees("sweep becomes 4 jobs")
    # The console reports the form that was refused.
    assert [one for one in visit.complaints if "422" not in one] == []


def test_the_wizard_works_without_scripts(visit: Visit):
    context = visit.page.context.browser.new_context(
        java_script_enabled=False, storage_state=visit.page.context.storage_state()
    )
    page = context.new_page()
    page.goto(f"{visit.origin}/new/wizard")
    page.locator("#name").fill("one")
    page.locator("#name-0").fill("only")
    page.get_by_role("button", name="Add a job").click()
    page.locator("#command-0").fill("true")
    page.locator("#command-0").press("Control+Enter")
    page.get_by_role("button", name="Write the spec").last.click()
    page.get_by_role("button", name="Continue in the editor").click()
    written = page.locator("#spec-text").input_value()
    assert written.startswith("name: one\njobs:\n- name: only\n  command: 'true'\n  resource_requirements: small\n")
    expect(page.locator("#spec_result")).to_contain_text("one becomes 1 job")
    context.close()
