"""The nodes of an allocation, as the environment of its processes describes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_client.batch.inside import AllocationNode, NodeShare
from torc_client.batch.slurm.inside import SlurmAllocation
from torc_client.batch.slurm.node_lists import counts_of_nodes, node_names
from torc_client.batch.slurm.programs import SlurmError

THREE = {
    "SLURM_JOB_ID": "17",
    "SLURMD_NODENAME": "n1",
    "SLURM_CPUS_ON_NODE": "4",
    "SLURM_JOB_NUM_NODES": "3",
    "SLURM_JOB_NODELIST": "n[1-3]",
    "SLURM_JOB_CPUS_PER_NODE": "4(x2),2",
}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("n1", ["n1"]),
        ("n[1-3]", ["n1", "n2", "n3"]),
        ("n[08-10,12],gpu-1", ["n08", "n09", "n10", "n12", "gpu-1"]),
        ("rack[1-2]node[1,3]", ["rack1node1", "rack1node3", "rack2node1", "rack2node3"]),
        ("c[1-2].site,login", ["c1.site", "c2.site", "login"]),
        ("", []),
    ],
)
def test_names_of_nodes(text, names):
    assert node_names(text) == names


@pytest.mark.parametrize("text", ["n[1-", "n[a-b]", "n]1", "n[1-999999999]", "n[1-99999][1-99999]"])
def test_other_texts_are_refused(text):
    with pytest.raises(ValueError, match="node"):
        node_names(text)


@pytest.mark.parametrize(("text", "counts"), [("4", [4]), ("4(x2),2", [4, 4, 2]), ("1,2,3(x1)", [1, 2, 3])])
def test_numbers_of_nodes(text, counts):
    assert counts_of_nodes(text) == counts


@pytest.mark.parametrize("text", ["", "4(x)", "x", "4,,2", "1(x999999999)"])
def test_other_numbers_are_refused(text):
    with pytest.raises(ValueError, match="not a number for each node"):
        counts_of_nodes(text)


@given(st.text("n12[]-,x()"))
def test_no_text_raises_another_error(text: str):
    for read in (node_names, counts_of_nodes):
        try:
            read(text)
        except ValueError as error:
            assert "node" in str(error)  # noqa: PT017  the error is optional


def test_the_nodes_of_an_allocation_begin_with_that_of_the_process():
    environment = THREE | {"SLURM_MEM_PER_CPU": "100", "SLURMD_NODENAME": "n2"}
    assert SlurmAllocation(environment).nodes == [
        AllocationNode("n2", NodeShare(4, 400)),
        AllocationNode("n1", NodeShare(4, 400)),
        AllocationNode("n3", NodeShare(2, 200)),
    ]


def test_a_step_of_one_node_has_the_number_of_its_node_in_the_allocation():
    step = {"SLURM_STEP_ID": "1", "SLURMD_NODENAME": "n3", "SLURM_NODEID": "0"}
    assert SlurmAllocation(THREE | step).node_number == 2
    assert SlurmAllocation(THREE | step).record["slurm_node_id"] == "2"
    assert SlurmAllocation({"SLURM_JOB_ID": "17", "SLURM_NODEID": "1"}).node_number == 1


def test_memory_per_node_is_that_of_each_node():
    nodes = SlurmAllocation(THREE | {"SLURM_MEM_PER_NODE": "2000"}).nodes
    assert [node.share.memory_mb for node in nodes] == [2000, 2000, 2000]


def test_a_task_has_its_own_node_only():
    task = SlurmAllocation(THREE | {"SLURM_STEP_ID": "0", "SLURMD_NODENAME": "n3", "SLURM_CPUS_ON_NODE": "2"})
    assert task.nodes == [AllocationNode("n3", NodeShare(2))]


@pytest.mark.parametrize(
    "variables",
    [{"SLURM_JOB_NODELIST": "n[1-2]"}, {"SLURM_JOB_NODELIST": "m[1-3]"}, {"SLURM_JOB_CPUS_PER_NODE": "x"}],
    ids=str,
)
def test_unknown_nodes_are_an_error(variables):
    with pytest.raises(SlurmError, match="the nodes of the allocation are not known"):
        _ = SlurmAllocation(THREE | variables).nodes
