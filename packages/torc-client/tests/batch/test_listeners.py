"""Which user listens on a port."""

import socket

import pytest

from torc_client.batch import listeners
from torc_client.batch.listeners import same_user_listens
from torc_client.batch.slurm.network import own_address_towards


def listening(host, port=0):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def test_a_socket_for_all_addresses_accepts_each_of_them():
    with listening("") as server:
        port = server.getsockname()[1]
        assert same_user_listens("localhost", "127.0.0.2", port)
        assert not same_user_listens("localhost", "127.0.0.2", port + 1)


def test_a_socket_for_one_address_accepts_no_other():
    with listening("127.0.0.1") as server:
        assert not same_user_listens("127.0.0.1", "127.0.0.2", server.getsockname()[1])


@pytest.mark.parametrize(("uid", "same"), [(0, True), (1000, False)])
def test_sockets_of_two_users(monkeypatch, tmp_path, uid, same):
    head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    line = "   0: {}:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  {}        0 1 1 0 100 0 0 10 0\n"
    table = tmp_path / "tcp"
    table.write_text(head + line.format("0100007F", 0) + line.format("0100000A", uid))
    monkeypatch.setattr(listeners, "_TABLES", (str(table), str(tmp_path / "none")))
    assert same_user_listens("127.0.0.1", "10.0.0.1", 8080) is same


def test_nodes_on_this_machine_need_no_other_address():
    assert own_address_towards(["127.0.0.1", "localhost"]) == "127.0.0.1"
    assert own_address_towards(["no-such-node.invalid"]) is None
