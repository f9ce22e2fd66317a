import pytest

from torc_server.web.routes import Routes


def routes() -> Routes[str]:
    found: Routes[str] = Routes()
    for method, path in [
        ("GET", "/jobs"),
        ("GET", "/jobs/{id}"),
        ("DELETE", "/jobs/{id}"),
        ("GET", "/jobs/{id}/status"),
        ("GET", "/groups/mine"),
        ("GET", "/groups/{id}/members/{user_name}"),
    ]:
        found.add(method, path, f"{method} {path}")
    return found


@pytest.mark.parametrize(
    ("path", "method", "target", "values"),
    [
        ("/jobs", "GET", "GET /jobs", []),
        ("/jobs/7", "DELETE", "DELETE /jobs/{id}", ["7"]),
        ("/jobs/7/status", "GET", "GET /jobs/{id}/status", ["7"]),
        ("/groups/mine", "GET", "GET /groups/mine", []),
        ("/groups/7/members/a%2Fb%25", "GET", "GET /groups/{id}/members/{user_name}", ["7", "a/b%"]),
    ],
)
def test_a_path_leads_to_its_target_with_the_values_in_it(path: str, method: str, target: str, values: list[str]):
    targets, found = routes().find(path)
    assert (targets[method], found) == (target, values)


@pytest.mark.parametrize("path", ["", "/", "/absent", "/jobs/", "/jobs//status", "/jobs/7/absent", "/jobs/7/status/x"])
def test_unknown_paths_have_no_target(path: str):
    assert not routes().find(path)[0]


def test_a_path_has_targets_by_method():
    assert set(routes().find("/jobs/7")[0]) == {"GET", "DELETE"}
