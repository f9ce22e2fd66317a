"""The table of keys: no key means two things in one place, and everything that it names exists."""

import importlib
from itertools import combinations

import pytest

from torc_client.tui.actions.table import ACTIONS
from torc_client.tui.dispatch import Acting
from torc_client.tui.keys import KEYS, Key, Scope, keys_of
from torc_client.tui.main_screen import MainScreen
from torc_client.tui.panes.registry import VIEWS
from torc_client.tui.panes.workflows import WorkflowsPane
from torc_client.tui.window_table import WindowTable

# The keys of `torc tui` of Torc 1.0 by the place where they work, as its help lists them.
OF_1_0 = {
    Scope.GLOBAL: "question_mark q r A D e c u o a w f equals_sign tab shift+tab left right",
    Scope.SERVER: "S K O",
    Scope.TABLE: "g G right_square_bracket left_square_bracket pageup pagedown",
    Scope.WORKFLOWS: "enter n i I R x s W V v C d 1 2 3",
    Scope.JOBS: "enter l C t y U space asterisk 1 2 3",
    Scope.RUNNING: "1 2 3",
    Scope.RESULTS: "l 1 2 3 4 5 6 7 8",
    Scope.FILES: "enter",
    Scope.USER_DATA: "enter",
    Scope.COMPUTE_NODES: "1 2 3 4",
    Scope.SCHEDULED_NODES: "l",
    Scope.LOG_VIEWER: "tab g G slash n N y o",
    Scope.FILE_VIEWER: "g G slash n N y",
    Scope.PROCESS_VIEWER: "k a",
}
VIEW_SCOPES = [view.scope for view in VIEWS]


def _classes() -> list[type[Acting]]:
    panes = [getattr(importlib.import_module(view.module), view.class_name) for view in VIEWS]
    return [MainScreen, WorkflowsPane, *panes]


@pytest.mark.parametrize("scope", list(Scope), ids=str)
def test_a_key_means_one_thing_in_a_scope(scope: Scope):
    names = [name for key in keys_of(scope) for name in key.keys]
    assert len(names) == len(set(names))


def test_nothing_is_declared_twice():
    for one, other in combinations(KEYS, 2):
        assert not (one.action == other.action and set(one.scopes) & set(other.scopes)), one


@pytest.mark.parametrize(("action", "where"), ACTIONS.items())
def test_every_function_of_an_action_exists(action: str, where: str):
    module, _, name = where.partition(":")
    assert callable(getattr(importlib.import_module(module), name))
    assert any(key.action == action for key in KEYS)


@pytest.mark.parametrize("made", _classes(), ids=lambda made: made.__name__)
def test_every_key_of_a_part_has_something_that_performs_it(made: type[Acting]):
    parts = (made, WindowTable)
    missing = [
        key.action
        for key in keys_of(*made.SCOPES)
        if key.action not in ACTIONS and not any(hasattr(part, f"do_{key.action}") for part in parts)
    ]
    assert missing == []


@pytest.mark.parametrize(("scope", "names"), OF_1_0.items(), ids=lambda value: str(value)[:20])
def test_the_keys_of_torc_1_0_exist(scope: Scope, names: str):
    shared = (Scope.GLOBAL, Scope.TABLE) if scope in {*VIEW_SCOPES, Scope.WORKFLOWS, Scope.GLOBAL} else ()
    known = {name for key in keys_of(scope, *shared) for name in key.keys}
    assert set(names.split()) <= known


def test_every_view_of_torc_1_0_exists():
    assert [view.tab for view in VIEWS] == [
        "Overview", "Jobs", "Running", "Graph", "Results", "Files", "Data", "Nodes", "Slurm", "Events", "Details",
    ]  # fmt: skip


@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{key.shown} {key.action}")
def test_words_of_keys_are_short_and_their_help_is_a_sentence(key: Key):
    assert len(key.word) <= 16
    assert key.help[0].isupper()
    assert key.help.endswith(".")
