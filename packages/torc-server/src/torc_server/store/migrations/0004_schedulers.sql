-- How compute nodes are had: on this machine, from Slurm, from machines reached by ssh; and what Slurm counted.
CREATE TABLE local_scheduler (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    name TEXT,
    memory TEXT,
    num_cpus INTEGER
);
CREATE INDEX local_scheduler_workflow ON local_scheduler (workflow_id);

CREATE TABLE slurm_scheduler (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    name TEXT,
    account TEXT NOT NULL,
    gres TEXT,
    mem TEXT,
    nodes INTEGER NOT NULL,
    ntasks_per_node INTEGER,
    partition TEXT,
    qos TEXT,
    tmp TEXT,
    walltime TEXT NOT NULL,
    extra TEXT
);
CREATE INDEX slurm_scheduler_workflow ON slurm_scheduler (workflow_id);

-- An allocation that was asked for: `scheduler_id` is Slurm's job, `scheduler_config_id` the slurm_scheduler.
CREATE TABLE scheduled_compute_node (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    scheduler_id INTEGER NOT NULL,
    scheduler_config_id INTEGER NOT NULL,
    scheduler_type TEXT NOT NULL,
    status TEXT NOT NULL
);
CREATE INDEX scheduled_compute_node_workflow ON scheduled_compute_node (workflow_id, status);

CREATE TABLE remote_worker (
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    worker TEXT NOT NULL,
    PRIMARY KEY (workflow_id, worker)
) WITHOUT ROWID;

CREATE TABLE slurm_stats (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    run_id INTEGER NOT NULL,
    attempt_id INTEGER NOT NULL,
    slurm_job_id TEXT,
    max_rss_bytes INTEGER,
    max_vm_size_bytes INTEGER,
    max_disk_read_bytes INTEGER,
    max_disk_write_bytes INTEGER,
    ave_cpu_seconds REAL,
    node_list TEXT
);
CREATE INDEX slurm_stats_workflow ON slurm_stats (workflow_id);
CREATE INDEX slurm_stats_job ON slurm_stats (job_id);

-- What describes the workflow's files and programs for others (RO-Crate).
CREATE TABLE ro_crate_entity (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    file_id INTEGER REFERENCES file (id) ON DELETE SET NULL,
    entity_id TEXT NOT NULL,
    entity_type TEXT NOT NULL,
    metadata TEXT NOT NULL
);
CREATE INDEX ro_crate_entity_workflow ON ro_crate_entity (workflow_id);
CREATE INDEX ro_crate_entity_file ON ro_crate_entity (file_id) WHERE file_id IS NOT NULL;
