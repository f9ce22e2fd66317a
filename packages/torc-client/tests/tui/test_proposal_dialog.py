"""The dialog before an action: what agrees, and what does not."""

import pytest
from textual.app import App

from torc_client.tui.actions.proposal import Proposal, ProposalField, whole_number
from torc_client.tui.screens.proposal_dialog import ProposalDialog

HARMLESS = Proposal("Initialize", ("4 jobs can run.",), "Initialize")
DANGEROUS = Proposal("Cancel", ("4 jobs stop.",), "Cancel jobs", is_dangerous=True)
DELETION = Proposal("Delete", ("All goes.",), "Delete", confirm_word="delete 7", is_dangerous=True)
REFUSED = Proposal("Run", ("0 jobs run.",), "Run", refusal="The workflow has no jobs.")
FIELDS = Proposal(
    "Priority", (), "Save", fields=(ProposalField("priority", "Priority", "", "a number", int),), needs_value=True
)


class Asking(App[None]):
    """Asks once, and keeps the answer."""

    def __init__(self, proposal):
        super().__init__()
        self.proposal = proposal
        self.answers = []

    def on_mount(self):
        self.push_screen(ProposalDialog(self.proposal), self.answers.append)


async def answer_to(proposal, *keys):
    """Return the answers after these keys: an empty list while the dialog is open."""
    app = Asking(proposal)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
        return app.answers


@pytest.mark.parametrize("keys", [["enter"], ["y"]])
async def test_enter_and_y_agree_to_what_is_harmless(keys):
    assert await answer_to(HARMLESS, *keys) == [{}]


@pytest.mark.parametrize("keys", [["escape"], ["n"], ["tab", "enter"]])
async def test_escape_n_and_the_other_button_refuse(keys):
    assert await answer_to(HARMLESS, *keys) == [None]


async def test_a_stray_enter_does_nothing_dangerous():
    assert await answer_to(DANGEROUS, "enter") == [None]
    assert await answer_to(DANGEROUS, "y") == [{}]


@pytest.mark.parametrize("keys", [["enter"], ["y", "enter"], [*"delete", "space", "8", "enter"], ["tab", "enter"]])
async def test_a_deletion_needs_the_whole_word(keys):
    answers = await answer_to(DELETION, *keys)
    assert answers in ([], [None])


async def test_the_typed_word_deletes():
    assert await answer_to(DELETION, *"delete", "space", "7", "enter") == [{}]


async def test_a_refusal_can_only_be_closed():
    assert await answer_to(REFUSED, "y") == []
    assert await answer_to(REFUSED, "enter") == [None]


async def test_values_are_checked_before_the_dialog_ends():
    assert await answer_to(FIELDS, "enter") == []
    assert await answer_to(FIELDS, "x", "enter") == []
    assert await answer_to(FIELDS, "-", "5", "enter") == [{"priority": "-5"}]


async def test_the_problem_of_a_value_is_shown():
    app = Asking(FIELDS)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("x", "enter")
        await pilot.pause()
        assert "Priority: invalid literal" in str(app.screen.query_one("#problem").render())


async def test_markup_of_names_is_text():
    app = Asking(Proposal("Delete [red]x[/]", ("[b]bold[/b]\x1b[2J",)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        shown = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
    assert "Delete [red]x[/]" in shown
    assert "[b]bold[/b]\\u001b[2J" in shown


async def test_lines_that_do_not_fit_can_be_scrolled():
    app = Asking(Proposal("Reinitialize", tuple(f"job{n}: its input changed" for n in range(40))))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("pagedown")
        await pilot.pause()
        shown = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
    assert "job12:" in shown
    assert "job0:" not in shown
    assert "OK [y]" in shown


def test_text_that_is_no_number_is_named_in_plain_words():
    at_least_one = ProposalField("jobs", "Jobs at once", check=lambda text: whole_number(text, 1))
    assert at_least_one.problem("yq") == "Jobs at once: not a whole number: yq"
    assert at_least_one.problem("0") == "Jobs at once: at least 1"
    assert at_least_one.problem("3") == ""
