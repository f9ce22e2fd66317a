-- Times ending in _ms are milliseconds since the epoch, UTC; sizes end in _bytes; durations in _seconds.
-- JSON is stored as text, as it came. Ids are never reused (AUTOINCREMENT), so that a stale id finds nothing.

CREATE TABLE workflow (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    user TEXT NOT NULL,
    description TEXT,
    project TEXT,
    timestamp TEXT NOT NULL,
    metadata TEXT,
    resource_monitor_config TEXT,
    slurm_defaults TEXT,
    env TEXT,
    execution_config TEXT,
    dynamic_jobs TEXT,
    enable_ro_crate INTEGER,
    submission_directory TEXT,
    use_pending_failed INTEGER NOT NULL DEFAULT 0,
    jobs_sort_method TEXT NOT NULL DEFAULT 'gpus_runtime_memory',
    compute_node_expiration_buffer_seconds INTEGER NOT NULL DEFAULT 180,
    compute_node_wait_for_new_jobs_seconds INTEGER NOT NULL DEFAULT 90,
    compute_node_ignore_workflow_completion INTEGER NOT NULL DEFAULT 0,
    compute_node_wait_for_healthy_database_minutes INTEGER NOT NULL DEFAULT 20,
    compute_node_min_time_for_new_jobs_seconds INTEGER NOT NULL DEFAULT 300,
    -- The status record of the 0.12 generation is part of the workflow, and so has its id.
    run_id INTEGER NOT NULL DEFAULT 0,
    is_canceled INTEGER NOT NULL DEFAULT 0,
    is_archived INTEGER NOT NULL DEFAULT 0,
    has_detected_need_to_run_completion_script INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE resource_requirements (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    num_cpus INTEGER NOT NULL DEFAULT 1,
    num_gpus INTEGER NOT NULL DEFAULT 0,
    num_nodes INTEGER NOT NULL DEFAULT 1,
    memory TEXT NOT NULL DEFAULT '1m',
    memory_bytes INTEGER NOT NULL,
    runtime TEXT NOT NULL DEFAULT 'PT1M',
    runtime_seconds INTEGER NOT NULL
);
CREATE INDEX resource_requirements_workflow ON resource_requirements (workflow_id);

CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    command TEXT NOT NULL,
    invocation_script TEXT,
    env TEXT,
    -- engine/states.py: JobStatus
    status INTEGER NOT NULL DEFAULT 0 CHECK (status BETWEEN 0 AND 10),
    -- 1 where the job was canceled because a job before it failed, else 0: such a job takes a late completion.
    canceled_by_cascade INTEGER NOT NULL DEFAULT 0,
    -- 1 where the job ended in this run in a way that cancels its dependents: a failure, or a cascade itself.
    ended_badly INTEGER NOT NULL DEFAULT 0,
    cancel_on_blocking_job_failure INTEGER NOT NULL DEFAULT 1,
    supports_termination INTEGER NOT NULL DEFAULT 0,
    resource_requirements_id INTEGER NOT NULL REFERENCES resource_requirements (id) ON DELETE CASCADE,
    failure_handler_id INTEGER,
    scheduler_id INTEGER,
    attempt_id INTEGER NOT NULL DEFAULT 1,
    priority INTEGER NOT NULL DEFAULT 0 CHECK (priority >= 0),
    origin TEXT,
    -- Where the job runs now, and where it ran last.
    active_compute_node_id INTEGER REFERENCES compute_node (id) ON DELETE SET NULL,
    compute_node_id INTEGER,
    start_time TEXT,
    -- The result of the latest completion; what GET /results shows without all_runs.
    current_result_id INTEGER,
    -- How many of the job's dependency sets still have a member that is not complete.
    waiting_on INTEGER NOT NULL DEFAULT 0 CHECK (waiting_on >= 0)
);
CREATE INDEX job_workflow_status ON job (workflow_id, status);
CREATE INDEX job_requirements ON job (resource_requirements_id);
CREATE INDEX job_active_node ON job (active_compute_node_id) WHERE active_compute_node_id IS NOT NULL;
-- Claims look at classes of ready jobs (priority, requirements, scheduler), never at jobs that cannot fit.
CREATE INDEX job_ready ON job (workflow_id, priority DESC, resource_requirements_id, scheduler_id, id) WHERE status = 2;
-- The order of claims that do not look at resources.
CREATE INDEX job_ready_in_order ON job (workflow_id, priority DESC, id) WHERE status = 2;

-- A set of jobs that other jobs wait for, shared by all that wait for exactly this set. `digest` identifies the
-- members while the set is as created; it is NULL once a member was deleted.
CREATE TABLE dependency_set (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    digest BLOB,
    -- Members that are not complete, and members that ended in a way that cancels dependents.
    remaining INTEGER NOT NULL CHECK (remaining >= 0),
    bad INTEGER NOT NULL DEFAULT 0 CHECK (bad >= 0), -- sum of ended_badly
    UNIQUE (workflow_id, digest)
);

CREATE TABLE dependency_set_member (
    job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    set_id INTEGER NOT NULL REFERENCES dependency_set (id) ON DELETE CASCADE,
    PRIMARY KEY (job_id, set_id)
) WITHOUT ROWID;
CREATE INDEX dependency_set_member_set ON dependency_set_member (set_id);

CREATE TABLE job_dependency_set (
    set_id INTEGER NOT NULL REFERENCES dependency_set (id) ON DELETE CASCADE,
    job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    PRIMARY KEY (set_id, job_id)
) WITHOUT ROWID;
CREATE INDEX job_dependency_set_job ON job_dependency_set (job_id);

CREATE TABLE file (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    st_mtime REAL
);
CREATE INDEX file_workflow ON file (workflow_id);

CREATE TABLE user_data (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    is_ephemeral INTEGER NOT NULL DEFAULT 0,
    data TEXT
);
CREATE INDEX user_data_workflow ON user_data (workflow_id);

CREATE TABLE job_input_file (
    job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    file_id INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    PRIMARY KEY (job_id, file_id)
) WITHOUT ROWID;
CREATE INDEX job_input_file_file ON job_input_file (file_id);

CREATE TABLE job_output_file (
    job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    file_id INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    PRIMARY KEY (job_id, file_id)
) WITHOUT ROWID;
CREATE INDEX job_output_file_file ON job_output_file (file_id);

CREATE TABLE job_input_user_data (
    job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    user_data_id INTEGER NOT NULL REFERENCES user_data (id) ON DELETE CASCADE,
    PRIMARY KEY (job_id, user_data_id)
) WITHOUT ROWID;
CREATE INDEX job_input_user_data_user_data ON job_input_user_data (user_data_id);

CREATE TABLE job_output_user_data (
    job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    user_data_id INTEGER NOT NULL REFERENCES user_data (id) ON DELETE CASCADE,
    PRIMARY KEY (job_id, user_data_id)
) WITHOUT ROWID;
CREATE INDEX job_output_user_data_user_data ON job_output_user_data (user_data_id);

CREATE TABLE compute_node (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    hostname TEXT NOT NULL,
    pid INTEGER NOT NULL,
    start_time TEXT NOT NULL,
    duration_seconds REAL,
    is_active INTEGER NOT NULL DEFAULT 1,
    num_cpus INTEGER NOT NULL,
    memory_gb REAL NOT NULL,
    num_gpus INTEGER NOT NULL,
    num_nodes INTEGER NOT NULL,
    time_limit TEXT,
    scheduler_config_id INTEGER,
    compute_node_type TEXT NOT NULL,
    scheduler TEXT,
    sample_count INTEGER,
    peak_cpu_percent REAL,
    avg_cpu_percent REAL,
    peak_memory_bytes INTEGER,
    avg_memory_bytes INTEGER
);
CREATE INDEX compute_node_workflow ON compute_node (workflow_id);

CREATE TABLE result (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    run_id INTEGER NOT NULL,
    attempt_id INTEGER NOT NULL DEFAULT 1,
    compute_node_id INTEGER NOT NULL REFERENCES compute_node (id) ON DELETE CASCADE,
    return_code INTEGER NOT NULL,
    exec_time_minutes REAL NOT NULL,
    completion_time TEXT NOT NULL,
    status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 10),
    peak_memory_bytes INTEGER,
    avg_memory_bytes INTEGER,
    peak_cpu_percent REAL,
    avg_cpu_percent REAL,
    UNIQUE (job_id, run_id, attempt_id)
);
CREATE INDEX result_workflow ON result (workflow_id);
CREATE INDEX result_node ON result (compute_node_id);
CREATE TRIGGER result_deleted AFTER DELETE ON result
BEGIN
    UPDATE job SET current_result_id = NULL WHERE id = OLD.job_id AND current_result_id = OLD.id;
END;

-- What a claim answered, by the key that its caller chose: a claim that is repeated because the reply was lost
-- on the way gets the same jobs again. Rows older than an hour are of no use and go with the next claim.
CREATE TABLE claim_reply (
    claim_key TEXT PRIMARY KEY,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    job_ids TEXT NOT NULL,
    claimed_at_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX claim_reply_age ON claim_reply (claimed_at_ms);
CREATE INDEX claim_reply_workflow ON claim_reply (workflow_id);
