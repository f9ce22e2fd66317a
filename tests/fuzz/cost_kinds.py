"""What calls of each operation may cost, as bounds by kind."""

from dataclasses import dataclass
from enum import Enum

from fuzz.measured_server import Cost
from torc_server.resources.lists import FEW_PAIRS, PAIRS_OF_A_LINK


@dataclass(frozen=True)
class Bound:
    """The most that a call may cost: a constant, and an addition for each unit."""

    steps: float
    memory_bytes: float
    cpu_seconds: float

    def __mul__(self, units: float) -> "Bound":
        return Bound(self.steps * units, self.memory_bytes * units, self.cpu_seconds * units)

    def __add__(self, other: "Bound") -> "Bound":
        return Bound(
            self.steps + other.steps,
            self.memory_bytes + other.memory_bytes,
            self.cpu_seconds + other.cpu_seconds,
        )

    def exceeded_by(self, cost: Cost, *, with_time: bool) -> bool:
        """Whether a call costs more."""
        is_late = with_time and cost.cpu_seconds > self.cpu_seconds
        return cost.steps > self.steps or cost.memory_bytes > self.memory_bytes or is_late


MIB = 1024**2
NOTHING = Bound(0, 0, 0)
# Of any call. The time is that of a loaded machine.
CALL = Bound(8_000, 3 * MIB, 0.2)
# Of each byte of a body.
BYTE = Bound(40, 250, 10e-6)
# Four times as large costs at most this factor more.
GROWTH = 6


class Kind(Enum):
    """How the cost of an operation depends on the rows of its workflow."""

    CONSTANT = "does not depend on them"
    PAGE = "a page of a list: with limit=1, rows are counted and sorted"
    PAIRS = "a page of a list of pairs, which are counted by groups, or one by one where there are few"
    READS = "reads all rows"
    CHANGES = "changes or deletes all rows"
    STREAM = "sends events while the caller reads, and does not depend on the rows before"


_ROW = {
    Kind.CONSTANT: NOTHING,
    Kind.PAGE: Bound(150, 100, 20e-6),
    Kind.PAIRS: Bound(250, 200, 40e-6),
    Kind.READS: Bound(200, 1_000, 50e-6),
    Kind.CHANGES: Bound(2_000, 3_000, 500e-6),
    Kind.STREAM: NOTHING,
}
_PAIR = Bound(80, 0, 8e-6)


def weight(kind: Kind) -> float:
    """Return what orders kinds by their cost."""
    return _ROW[kind].steps


def bound_of_rows(kind: Kind, rows: int) -> Bound:
    """Return what a call may cost for a workflow of `measured_server.add_rows`."""
    bound = CALL + _ROW[kind] * rows
    pairs = (rows // 2) ** 2
    is_few = kind is Kind.PAIRS and pairs <= FEW_PAIRS + PAIRS_OF_A_LINK * 2 * rows
    return bound + _PAIR * pairs if is_few else bound


_NAMES = {
    Kind.CONSTANT: """
        add_user_to_group add_workflow_to_group add_workflow_to_group_by_body admin_sql archive_workflow
        batch_complete_jobs get_api_stats list_admin_audit_log
        batch_start_jobs check_workflow_access claim_action claim_jobs_based_on_resources claim_next_jobs
        complete_action complete_job correct_resource_requirements create_access_group create_compute_node create_event
        create_failure_handler create_file create_files create_job create_jobs create_local_scheduler
        create_remote_workers create_resource_requirements create_result create_ro_crate_entity
        create_scheduled_compute_node create_slurm_scheduler create_slurm_stats create_user_data create_user_data_list
        create_workflow create_workflow_action delete_access_group delete_event delete_events delete_failure_handler
        delete_job delete_local_scheduler delete_local_schedulers delete_remote_worker delete_resource_requirement
        delete_result delete_ro_crate_entities delete_ro_crate_entity delete_scheduled_compute_node
        delete_scheduled_compute_nodes delete_slurm_scheduler delete_slurm_schedulers delete_workflow_action
        deliver_output_piece fail_jobs finish_creation get_access_group get_active_task_for_workflow get_compute_node
        get_event get_failure_handler get_file get_job get_job_output get_latest_event_timestamp get_local_scheduler
        get_pending_actions get_resource_requirements get_result get_ro_crate_entity get_scheduled_compute_node
        get_slurm_scheduler get_task get_user_data get_version get_workflow get_action get_workflow_actions
        give_up_compute_node heartbeat_compute_node is_workflow_complete is_workflow_uninitialized list_output_requests
        list_remote_workers manage_status_change ping reload_auth remove_user_from_group remove_workflow_from_group
        report_and_claim retry_job start_job update_compute_node update_event update_file update_job
        update_local_scheduler update_resource_requirements update_result update_ro_crate_entity
        update_scheduled_compute_node update_slurm_scheduler update_user_data update_workflow update_workflow_action
        delete_action update_action update_workflow_status
        accept_submission create_token revoke_token create_submission get_submission reject_submission
    """,
    Kind.PAGE: """
        get_running_jobs get_slurm_job_correlations list_access_groups list_compute_nodes list_events
        list_failure_handlers list_files list_group_members list_jobs list_local_schedulers
        list_resource_requirements list_results
        list_ro_crate_entities list_scheduled_compute_nodes list_slurm_schedulers list_slurm_stats list_user_data
        list_user_groups list_workflow_groups list_workflows list_submissions list_tokens
    """,
    Kind.PAIRS: "list_job_dependencies list_job_file_relationships list_job_user_data_relationships",
    Kind.READS: """
        cancel_workflow explain_workflow get_ready_job_requirements get_throughput get_timeline get_workflow_status
        list_failures get_resource_use list_job_groups list_job_ids
        list_missing_user_data list_neighbours list_node_loads list_required_existing_files replan_allocations
        reset_workflow_status spawn_jobs
    """,
    Kind.CHANGES: """
        delete_all_user_data delete_compute_node delete_compute_nodes delete_file delete_files delete_jobs
        delete_resource_requirements delete_results delete_user_data delete_workflow initialize_jobs
        disable_jobs process_changed_job_inputs reset_job_status restart_jobs start_run
    """,
    Kind.STREAM: "stream_events stream_api_events stream_workflow_changes",
}
KINDS = {name: kind for kind, names in _NAMES.items() for name in names.split()}
