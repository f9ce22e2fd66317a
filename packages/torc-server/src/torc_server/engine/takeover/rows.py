"""Copy the rows of an earlier database, with their ids, one statement for each table."""

from collections.abc import Mapping

from torc_server.engine.job_row import JobStatement
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

WORKFLOWS = Statement("""
INSERT INTO workflow (id, name, user, description, project, timestamp, metadata, resource_monitor_config,
    slurm_defaults, env, execution_config, dynamic_jobs, enable_ro_crate, submission_directory, use_pending_failed,
    jobs_sort_method, compute_node_expiration_buffer_seconds, compute_node_wait_for_new_jobs_seconds,
    compute_node_ignore_workflow_completion, compute_node_wait_for_healthy_database_minutes,
    compute_node_min_time_for_new_jobs_seconds, run_id, is_canceled, is_archived)
SELECT old.id, old.name, old.user, old.description, old.project, old.timestamp,
    CASE WHEN json_valid(old.metadata) THEN old.metadata END,
    CASE WHEN json_valid(old.resource_monitor_config) THEN old.resource_monitor_config END,
    CASE WHEN json_valid(old.slurm_defaults) THEN old.slurm_defaults END,
    CASE WHEN json_valid(old.env) THEN CASE json_type(old.env) WHEN 'object' THEN NULLIF(old.env, '{}') END END,
    CASE WHEN json_valid(old.execution_config) THEN old.execution_config END,
    CASE WHEN json_valid(old.dynamic_jobs) THEN old.dynamic_jobs
        WHEN old.max_spawn_iterations_per_lineage IS NOT NULL
        THEN json_object('max_iterations', old.max_spawn_iterations_per_lineage) END,
    old.enable_ro_crate, old.submission_directory, COALESCE(old.use_pending_failed, 0),
    COALESCE(old.jobs_sort_method, 'gpus_runtime_memory'), old.compute_node_expiration_buffer_seconds,
    COALESCE(old.compute_node_wait_for_new_jobs_seconds, 90),
    COALESCE(old.compute_node_ignore_workflow_completion, 0),
    COALESCE(old.compute_node_wait_for_healthy_database_minutes, 20),
    COALESCE(old.compute_node_min_time_for_new_jobs_seconds, 300),
    MAX(COALESCE(status.run_id, old.run_id, 1), COALESCE(latest.run_id, 0)),
    COALESCE(status.is_canceled, old.is_canceled, 0), COALESCE(status.is_archived, old.is_archived, 0)
FROM earlier.workflow AS old
LEFT JOIN earlier.workflow_status AS status ON status.id = old.status_id
LEFT JOIN (SELECT workflow_id, MAX(run_id) AS run_id FROM earlier.result GROUP BY workflow_id) AS latest
    ON latest.workflow_id = old.id
""")
REQUIREMENTS = Statement("""
INSERT INTO resource_requirements (id, workflow_id, name, num_cpus, num_gpus, num_nodes, memory, memory_bytes, runtime,
    runtime_seconds)
SELECT id, workflow_id, name, num_cpus, num_gpus, num_nodes, memory, memory_bytes, runtime, runtime_s
FROM earlier.resource_requirements
""")
# Jobs without requirements get those named `default`.
DEFAULT_REQUIREMENTS = Statement("""
INSERT INTO resource_requirements (workflow_id, name, num_cpus, num_gpus, num_nodes, memory, memory_bytes, runtime,
    runtime_seconds)
SELECT id, 'default', 1, 0, 1, '1m', 1048576, 'P0DT1M', 60 FROM workflow
WHERE id IN (
    SELECT job.workflow_id FROM earlier.job AS job
    LEFT JOIN earlier.resource_requirements AS needed ON needed.id = job.resource_requirements_id
    WHERE needed.id IS NULL
) AND NOT EXISTS (
    SELECT 1 FROM resource_requirements AS known WHERE known.workflow_id = workflow.id AND known.name = 'default'
)
""")
NODES = Statement("""
INSERT INTO compute_node (id, workflow_id, hostname, pid, start_time, end_time, duration_seconds, is_active, num_cpus,
    memory_gb, num_gpus, num_nodes, time_limit, scheduler_config_id, compute_node_type, scheduler, sample_count,
    peak_cpu_percent, avg_cpu_percent, peak_memory_bytes, avg_memory_bytes, labels)
SELECT id, workflow_id, hostname, pid, start_time, end_time, duration_seconds, COALESCE(is_active, 0), num_cpus,
    memory_gb, num_gpus, num_nodes, time_limit, NULLIF(scheduler_config_id, 0), compute_node_type,
    CASE WHEN json_valid(scheduler) THEN scheduler END, sample_count,
    peak_cpu_percent, avg_cpu_percent, peak_memory_bytes, avg_memory_bytes,
    CASE WHEN json_valid(labels) THEN NULLIF((
        SELECT json_group_array(value) FROM (SELECT DISTINCT value FROM json_each(labels) ORDER BY value)
    ), '[]') WHEN label <> '' THEN json_array(label) END
FROM earlier.compute_node
""")
JOBS = JobStatement("""
INSERT INTO job (id, workflow_id, name, command, invocation_script, env, status, cancel_on_blocking_job_failure,
    supports_termination, resource_requirements_id, failure_handler_id, scheduler_id, attempt_id, priority, origin,
    compute_node_id, start_time, active_compute_node_id, current_result_id, labels)
SELECT old.id, old.workflow_id, old.name, old.command, NULLIF(old.invocation_script, ''),
    NULLIF(json_patch(
        COALESCE(workflow.env, '{}'),
        COALESCE(CASE WHEN json_valid(old.env) THEN CASE json_type(old.env) WHEN 'object' THEN old.env END END, '{}')
    ), '{}'),
    CASE WHEN old.status BETWEEN 0 AND 10 THEN old.status ELSE {UNINITIALIZED} END,
    COALESCE(old.cancel_on_blocking_job_failure NOT IN (0, '0', 'false'), 1),
    COALESCE(old.supports_termination IN (1, '1', 'true'), 0),
    COALESCE(needed.id, (
        SELECT MIN(known.id) FROM resource_requirements AS known
        WHERE known.workflow_id = old.workflow_id AND known.name = 'default'
    )),
    handler.id, NULLIF(old.scheduler_id, 0), MAX(COALESCE(old.attempt_id, 1), 1), MAX(COALESCE(old.priority, 0), 0),
    old.origin, COALESCE(node.id, result.compute_node_id),
    CASE WHEN old.status = {RUNNING} THEN COALESCE(old.start_time, node.start_time, workflow.timestamp)
        ELSE old.start_time END,
    CASE WHEN old.status = {RUNNING} THEN node.id END, result.id,
    CASE WHEN json_valid(old.labels) THEN NULLIF((
        SELECT json_group_array(value) FROM (SELECT DISTINCT value FROM json_each(old.labels) ORDER BY value)
    ), '[]') WHEN old.label <> '' THEN json_array(old.label) END
FROM earlier.job AS old
JOIN workflow ON workflow.id = old.workflow_id
LEFT JOIN earlier.resource_requirements AS needed ON needed.id = old.resource_requirements_id
LEFT JOIN earlier.failure_handler AS handler ON handler.id = old.failure_handler_id
LEFT JOIN earlier.job_internal AS internal ON internal.job_id = old.id
LEFT JOIN earlier.compute_node AS node ON node.id = COALESCE(old.compute_node_id, internal.active_compute_node_id)
LEFT JOIN earlier.workflow_result AS latest ON latest.workflow_id = old.workflow_id AND latest.job_id = old.id
LEFT JOIN earlier.result AS result ON result.id = latest.result_id AND result.job_id = old.id
""")
RESULTS = Statement("""
INSERT INTO result (id, workflow_id, job_id, run_id, attempt_id, compute_node_id, return_code, exec_time_minutes,
    completion_time, status, peak_memory_bytes, avg_memory_bytes, peak_cpu_percent, avg_cpu_percent)
SELECT id, workflow_id, job_id, run_id, COALESCE(attempt_id, 1), compute_node_id, return_code, exec_time_minutes,
    completion_time, status, peak_memory_bytes, avg_memory_bytes, peak_cpu_percent, avg_cpu_percent
FROM earlier.result
""")
CURRENT_RESULTS = Statement("""
INSERT INTO row_tally (workflow_id, counted, block, number)
SELECT workflow_id, 'current_result', current_result_id >> 13, COUNT(*) FROM job
WHERE current_result_id IS NOT NULL GROUP BY 1, 3
""")
FILES = Statement("""
INSERT INTO file (id, workflow_id, name, path, st_mtime) SELECT id, workflow_id, name, path, st_mtime FROM earlier.file
""")
# The names of the records of lineages are unique within a workflow. Repeated ones keep their data under another name.
USER_DATA = Statement("""
INSERT INTO user_data (id, workflow_id, name, is_ephemeral, data)
SELECT id, workflow_id, CASE
        WHEN substr(name, 1, 16) = '__torc_lineage__' AND id <> MIN(id) OVER (PARTITION BY workflow_id, name)
        THEN name || '__' || id ELSE name
    END, COALESCE(is_ephemeral, 0),
    CASE WHEN data IS NULL OR json_valid(data) THEN data ELSE json_quote(data) END
FROM earlier.user_data
""")
INPUT_FILES = Statement("""
INSERT INTO job_input_file (job_id, file_id) SELECT linked.job_id, linked.file_id
FROM earlier.job_input_file AS linked JOIN job ON job.id = linked.job_id JOIN file ON file.id = linked.file_id
""")
OUTPUT_FILES = Statement("""
INSERT INTO job_output_file (job_id, file_id) SELECT linked.job_id, linked.file_id
FROM earlier.job_output_file AS linked JOIN job ON job.id = linked.job_id JOIN file ON file.id = linked.file_id
""")
INPUT_USER_DATA = Statement("""
INSERT INTO job_input_user_data (job_id, user_data_id) SELECT linked.job_id, linked.user_data_id
FROM earlier.job_input_user_data AS linked
JOIN job ON job.id = linked.job_id JOIN user_data ON user_data.id = linked.user_data_id
""")
OUTPUT_USER_DATA = Statement("""
INSERT INTO job_output_user_data (job_id, user_data_id) SELECT linked.job_id, linked.user_data_id
FROM earlier.job_output_user_data AS linked
JOIN job ON job.id = linked.job_id JOIN user_data ON user_data.id = linked.user_data_id
""")
HANDLERS = Statement("""
INSERT INTO failure_handler (id, workflow_id, name, rules)
SELECT id, workflow_id, name, CASE WHEN json_valid(rules) THEN rules ELSE '[]' END FROM earlier.failure_handler
""")
LOCAL_SCHEDULERS = Statement("""
INSERT INTO local_scheduler (id, workflow_id, name, memory, num_cpus)
SELECT id, workflow_id, COALESCE(name, 'default'), memory, num_cpus FROM earlier.local_scheduler
""")
SLURM_SCHEDULERS = Statement("""
INSERT INTO slurm_scheduler (id, workflow_id, name, account, gres, mem, nodes, ntasks_per_node, partition, qos, tmp,
    walltime, extra, serialize_allocations)
SELECT id, workflow_id, name, account, gres, mem, COALESCE(nodes, 1), ntasks_per_node, partition, qos, tmp, walltime,
    extra, NULLIF(serialize_allocations, 0)
FROM earlier.slurm_scheduler
""")
ALLOCATIONS = Statement("""
INSERT INTO scheduled_compute_node (id, workflow_id, scheduler_id, scheduler_config_id, scheduler_type, status)
SELECT id, workflow_id, scheduler_id, scheduler_config_id, scheduler_type, status FROM earlier.scheduled_compute_node
""")
SLURM_STATS = Statement("""
INSERT INTO slurm_stats (id, workflow_id, job_id, run_id, attempt_id, slurm_job_id, max_rss_bytes, max_vm_size_bytes,
    max_disk_read_bytes, max_disk_write_bytes, ave_cpu_seconds, node_list)
SELECT id, workflow_id, job_id, run_id, COALESCE(attempt_id, 1), slurm_job_id, max_rss_bytes, max_vm_size_bytes,
    max_disk_read_bytes, max_disk_write_bytes, ave_cpu_seconds, node_list
FROM earlier.slurm_stats
""")
ENTITIES = Statement("""
INSERT INTO ro_crate_entity (id, workflow_id, file_id, entity_id, entity_type, metadata)
SELECT old.id, old.workflow_id, file.id, old.entity_id, old.entity_type,
    CASE WHEN json_valid(old.metadata) THEN old.metadata ELSE '{}' END
FROM earlier.ro_crate_entity AS old LEFT JOIN earlier.file AS file ON file.id = old.file_id
""")
ACTIONS = Statement("""
INSERT INTO workflow_action (id, workflow_id, trigger_type, action_type, action_config, job_ids, trigger_count,
    required_triggers, executed, executed_at, executed_by, persistent, is_recovery)
SELECT old.id, old.workflow_id, old.trigger_type, old.action_type,
    CASE WHEN json_valid(old.action_config) THEN old.action_config ELSE '{}' END,
    CASE WHEN json_valid(old.job_ids) THEN old.job_ids END, COALESCE(old.trigger_count, 0),
    MAX(COALESCE(old.required_triggers, 1), 1), COALESCE(old.executed, 0), old.executed_at, node.id,
    COALESCE(old.persistent, 0), COALESCE(old.is_recovery, 0)
FROM earlier.workflow_action AS old LEFT JOIN earlier.compute_node AS node ON node.id = old.executed_by
""")
# Earlier versions stored texts in UTC.
EVENTS = Statement("""
INSERT INTO event (id, workflow_id, timestamp, data)
SELECT id, workflow_id,
    CASE WHEN CAST(CAST(timestamp AS INTEGER) AS TEXT) = CAST(timestamp AS TEXT) THEN CAST(timestamp AS INTEGER)
        ELSE COALESCE(CAST(ROUND((julianday(timestamp) - 2440587.5) * 86400000) AS INTEGER), 0) END,
    CASE WHEN json_valid(data) THEN data ELSE json_quote(data) END
FROM earlier.event
""")
# An unfinished task was ended by the end of its server.
TASKS = Statement("""
INSERT INTO task (id, workflow_id, operation, arguments, status, created_at_ms, started_at_ms, finished_at_ms, error)
SELECT id, workflow_id, operation, CASE WHEN json_valid(request_json) THEN request_json ELSE '{}' END,
    CASE WHEN status IN ('queued', 'running') THEN 'failed' ELSE status END, created_at_ms, started_at_ms,
    CASE WHEN status IN ('queued', 'running') THEN COALESCE(started_at_ms, created_at_ms) ELSE finished_at_ms END,
    CASE WHEN status IN ('queued', 'running')
        THEN 'The earlier server stopped before this task finished; start the task again' ELSE error END
FROM earlier.async_handle
""")
REMOTE_WORKERS = Statement("""
INSERT OR IGNORE INTO remote_worker (workflow_id, worker)
SELECT known.workflow_id, known.worker FROM earlier.remote_worker AS known
JOIN workflow ON workflow.id = known.workflow_id
""")
# Texts without a time zone are in UTC.
GROUPS = Statement("""
INSERT INTO access_group (id, name, description, created_at, is_system)
SELECT id, name, description, CASE WHEN created_at GLOB '????-??-?? ??:??:??'
    THEN replace(created_at, ' ', 'T') || '.000Z' ELSE created_at END, COALESCE(is_system, 0)
FROM earlier.access_group
""")
MEMBERS = Statement("""
INSERT INTO user_group_membership (id, group_id, user_name, role, created_at)
SELECT id, group_id, user_name, role, CASE WHEN created_at GLOB '????-??-?? ??:??:??'
    THEN replace(created_at, ' ', 'T') || '.000Z' ELSE created_at END
FROM earlier.user_group_membership
""")
SHARED = Statement("""
INSERT INTO workflow_access_group (workflow_id, group_id, created_at)
SELECT shared.workflow_id, shared.group_id, CASE WHEN shared.created_at GLOB '????-??-?? ??:??:??'
    THEN replace(shared.created_at, ' ', 'T') || '.000Z' ELSE shared.created_at END
FROM earlier.workflow_access_group AS shared
JOIN workflow ON workflow.id = shared.workflow_id JOIN access_group ON access_group.id = shared.group_id
""")

COPIED: Mapping[str, Statement] = {
    "workflows": WORKFLOWS,
    "resource requirements": REQUIREMENTS,
    "compute nodes": NODES,
    "failure handlers": HANDLERS,
    "default requirements": DEFAULT_REQUIREMENTS,
    "jobs": JOBS,
    "results": RESULTS,
    "files": FILES,
    "user data": USER_DATA,
    "input files": INPUT_FILES,
    "output files": OUTPUT_FILES,
    "input user data": INPUT_USER_DATA,
    "output user data": OUTPUT_USER_DATA,
    "local schedulers": LOCAL_SCHEDULERS,
    "Slurm schedulers": SLURM_SCHEDULERS,
    "scheduled compute nodes": ALLOCATIONS,
    "Slurm statistics": SLURM_STATS,
    "RO-Crate entities": ENTITIES,
    "actions": ACTIONS,
    "events": EVENTS,
    "tasks": TASKS,
    "remote workers": REMOTE_WORKERS,
    "access groups": GROUPS,
    "group members": MEMBERS,
    "shared workflows": SHARED,
}
"""The statements in their order, by the words for their rows."""

# A new row gets no id that an earlier one had.
SEQUENCES = Statement("""
INSERT INTO main.sqlite_sequence (name, seq)
SELECT CASE name WHEN 'async_handle' THEN 'task' ELSE name END, seq FROM earlier.sqlite_sequence
WHERE name IN (SELECT name FROM main.sqlite_master WHERE type = 'table' UNION SELECT 'async_handle')
""")


def copy_rows(tx: Transaction) -> dict[str, int]:
    """Copy all rows, without a check of their references. Return the number of rows by the words for them."""
    tx.execute(SEQUENCES)
    counts = {words: tx.execute(statement) for words, statement in COPIED.items()}
    tx.execute(CURRENT_RESULTS)
    return {words: number for words, number in counts.items() if number}
