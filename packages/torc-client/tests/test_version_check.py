import pytest

from torc_client.version_check import Fit, compare


@pytest.mark.parametrize(
    ("client", "server", "fit"),
    [
        ("1.2.3", "1.2.3", Fit.SAME),
        ("1.2.3", "v1.2.3-dirty (abc)", Fit.SAME),
        ("1.2.3", "1.2.4", Fit.NEAR),
        ("1.2.3", "1.3.0", Fit.NEAR),
        ("1.3.0", "1.2.9", Fit.CLIENT_NEWER),
        ("2.0.0", "1.9.9", Fit.APART),
        ("1.0.0.dev0", "1.0.0.dev0", Fit.SAME),
    ],
)
def test_versions(client: str, server: str, fit: Fit):
    comparison = compare(client, server)
    assert comparison.fit is fit
    assert (comparison.warning() is None) == (fit is Fit.SAME)
