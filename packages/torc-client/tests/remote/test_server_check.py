import string

import pytest

from torc_client.remote.server_check import WORDS, Reach, ServerCheck, explain


def check(reach: Reach, **members) -> ServerCheck:
    return ServerCheck(reach=reach, url="http://kl1:8080", host="kl1", port=8080, **members)


def test_every_failure_has_a_sentence_and_a_remedy():
    assert WORDS.keys() == set(Reach) - {Reach.OK}
    for reach in WORDS:
        sentence, remedy = explain(check(reach), "node7")
        assert sentence.endswith(".")
        assert sentence[0] in string.ascii_uppercase or sentence.startswith(("kl1", "node7"))
        assert remedy[-1] in ".?"
        assert "{" not in sentence + remedy


@pytest.mark.parametrize(
    ("found", "sentence", "remedy"),
    [
        (check(Reach.NAME_UNKNOWN), "kl1 does not resolve on node7.", "getent hosts"),
        (
            check(Reach.NAME_IS_LOOPBACK, addresses=["127.0.1.1"]),
            "kl1 resolves to 127.0.1.1 on node7, which is node7 itself.",
            "fully qualified name",
        ),
        (
            check(Reach.REFUSED, addresses=["10.0.0.1"]),
            "Connections from node7 to kl1:8080 (10.0.0.1) are refused.",
            "Is the server bound to 127.0.0.1?",
        ),
        (
            check(Reach.NO_ANSWER, seconds=10.0),
            "kl1:8080 does not answer node7 within 10 s: a firewall may drop the packets.",
            "Ask your administrators",
        ),
        (check(Reach.OTHER_SERVER), "Another Torc server, with another database, answers node7", "means the same"),
        (check(Reach.TOKEN_REFUSED), "refuses the token", "another token"),
    ],
)
def test_the_sentence_names_the_host_of_the_worker(found: ServerCheck, sentence: str, remedy: str):
    explained = explain(found, "node7")
    assert sentence in explained.sentence
    assert remedy in explained.remedy


def test_known_addresses_of_the_server_decide_what_a_refusal_means():
    refused = check(Reach.REFUSED)
    local = explain(refused, "node7", bound=["127.0.0.1:8080"], is_bound_to_loopback=True).remedy
    assert local.startswith("The server listens on 127.0.0.1:8080 only, which other machines cannot reach.")
    assert "--host 0.0.0.0" in local
    rejected = explain(refused, "node7", bound=["0.0.0.0:8080"]).remedy
    assert rejected.startswith("The server listens on 0.0.0.0:8080, so a firewall rejects the connections.")


def test_a_proxy_there_is_named():
    found = check(Reach.NO_ANSWER, seconds=10.0, proxies=["http_proxy"])
    assert "http_proxy on node7 names an HTTP proxy, which torc does not use" in explain(found, "node7").remedy
