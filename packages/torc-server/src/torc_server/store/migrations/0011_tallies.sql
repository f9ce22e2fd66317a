-- How many rows there are, so that nobody counts them: for each workflow, by blocks of 8192 ids (id >> 13). The sum
-- over a workflow's blocks is its total, and a running sum tells in which block the row at an offset is.

-- (BETWEEN, since a trigger would make a table of IN (2, 3, 4) for each row.)
-- Jobs by status. What is ready, pending or running counts as one: jobs go through these fast, and of the latter two
-- there are only as many as the nodes hold, which is a short look into the index.
CREATE TABLE job_tally (
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    block INTEGER NOT NULL,
    uninitialized INTEGER NOT NULL DEFAULT 0,
    blocked INTEGER NOT NULL DEFAULT 0,
    ready_or_running INTEGER NOT NULL DEFAULT 0,
    completed INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    canceled INTEGER NOT NULL DEFAULT 0,
    terminated INTEGER NOT NULL DEFAULT 0,
    disabled INTEGER NOT NULL DEFAULT 0,
    pending_failed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (workflow_id, block)
) WITHOUT ROWID;

INSERT INTO job_tally
SELECT workflow_id, id >> 13, SUM(status = 0), SUM(status = 1), SUM(status BETWEEN 2 AND 4), SUM(status = 5),
    SUM(status = 6), SUM(status = 7), SUM(status = 8), SUM(status = 9), SUM(status = 10)
FROM job GROUP BY workflow_id, id >> 13;

CREATE TRIGGER job_tally_came AFTER INSERT ON job
BEGIN
    INSERT INTO job_tally (workflow_id, block, uninitialized, blocked, ready_or_running, completed, failed, canceled,
        terminated, disabled, pending_failed)
    VALUES (NEW.workflow_id, NEW.id >> 13, NEW.status = 0, NEW.status = 1, NEW.status BETWEEN 2 AND 4, NEW.status = 5,
        NEW.status = 6, NEW.status = 7, NEW.status = 8, NEW.status = 9, NEW.status = 10)
    ON CONFLICT DO UPDATE SET
        uninitialized = uninitialized + excluded.uninitialized,
        blocked = blocked + excluded.blocked,
        ready_or_running = ready_or_running + excluded.ready_or_running,
        completed = completed + excluded.completed,
        failed = failed + excluded.failed,
        canceled = canceled + excluded.canceled,
        terminated = terminated + excluded.terminated,
        disabled = disabled + excluded.disabled,
        pending_failed = pending_failed + excluded.pending_failed;
END;
CREATE TRIGGER job_tally_moved AFTER UPDATE OF status ON job
WHEN OLD.status <> NEW.status AND NOT (OLD.status BETWEEN 2 AND 4 AND NEW.status BETWEEN 2 AND 4)
BEGIN
    UPDATE job_tally SET
        uninitialized = uninitialized - (OLD.status = 0) + (NEW.status = 0),
        blocked = blocked - (OLD.status = 1) + (NEW.status = 1),
        ready_or_running = ready_or_running - (OLD.status BETWEEN 2 AND 4) + (NEW.status BETWEEN 2 AND 4),
        completed = completed - (OLD.status = 5) + (NEW.status = 5),
        failed = failed - (OLD.status = 6) + (NEW.status = 6),
        canceled = canceled - (OLD.status = 7) + (NEW.status = 7),
        terminated = terminated - (OLD.status = 8) + (NEW.status = 8),
        disabled = disabled - (OLD.status = 9) + (NEW.status = 9),
        pending_failed = pending_failed - (OLD.status = 10) + (NEW.status = 10)
    WHERE workflow_id = OLD.workflow_id AND block = OLD.id >> 13;
END;
CREATE TRIGGER job_tally_went AFTER DELETE ON job
BEGIN
    UPDATE job_tally SET
        uninitialized = uninitialized - (OLD.status = 0),
        blocked = blocked - (OLD.status = 1),
        ready_or_running = ready_or_running - (OLD.status BETWEEN 2 AND 4),
        completed = completed - (OLD.status = 5),
        failed = failed - (OLD.status = 6),
        canceled = canceled - (OLD.status = 7),
        terminated = terminated - (OLD.status = 8),
        disabled = disabled - (OLD.status = 9),
        pending_failed = pending_failed - (OLD.status = 10)
    WHERE workflow_id = OLD.workflow_id AND block = OLD.id >> 13;
END;

-- Rows of other tables. `counted` is the table, or current_result: results that are their job's latest.
CREATE TABLE row_tally (
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    counted TEXT NOT NULL,
    block INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (workflow_id, counted, block)
) WITHOUT ROWID;

INSERT INTO row_tally
SELECT workflow_id, 'current_result', current_result_id >> 13, COUNT(*) FROM job
WHERE current_result_id IS NOT NULL GROUP BY workflow_id, current_result_id >> 13
UNION ALL SELECT workflow_id, 'file', id >> 13, COUNT(*) FROM file GROUP BY workflow_id, id >> 13
UNION ALL SELECT workflow_id, 'user_data', id >> 13, COUNT(*) FROM user_data GROUP BY workflow_id, id >> 13
UNION ALL SELECT workflow_id, 'event', id >> 13, COUNT(*) FROM event GROUP BY workflow_id, id >> 13
UNION ALL SELECT workflow_id, 'slurm_stats', id >> 13, COUNT(*) FROM slurm_stats GROUP BY workflow_id, id >> 13;

CREATE TRIGGER current_result_came AFTER UPDATE OF current_result_id ON job
WHEN NEW.current_result_id IS NOT NULL AND OLD.current_result_id IS NOT NEW.current_result_id
BEGIN
    INSERT INTO row_tally VALUES (NEW.workflow_id, 'current_result', NEW.current_result_id >> 13, 1)
    ON CONFLICT DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER current_result_went AFTER UPDATE OF current_result_id ON job
WHEN OLD.current_result_id IS NOT NULL AND OLD.current_result_id IS NOT NEW.current_result_id
BEGIN
    UPDATE row_tally SET number = number - 1
    WHERE workflow_id = OLD.workflow_id AND counted = 'current_result' AND block = OLD.current_result_id >> 13;
END;
CREATE TRIGGER current_result_went_with_job AFTER DELETE ON job WHEN OLD.current_result_id IS NOT NULL
BEGIN
    UPDATE row_tally SET number = number - 1
    WHERE workflow_id = OLD.workflow_id AND counted = 'current_result' AND block = OLD.current_result_id >> 13;
END;
CREATE TRIGGER file_came AFTER INSERT ON file
BEGIN
    INSERT INTO row_tally VALUES (NEW.workflow_id, 'file', NEW.id >> 13, 1)
    ON CONFLICT DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER file_went AFTER DELETE ON file
BEGIN
    UPDATE row_tally SET number = number - 1
    WHERE workflow_id = OLD.workflow_id AND counted = 'file' AND block = OLD.id >> 13;
END;
CREATE TRIGGER user_data_came AFTER INSERT ON user_data
BEGIN
    INSERT INTO row_tally VALUES (NEW.workflow_id, 'user_data', NEW.id >> 13, 1)
    ON CONFLICT DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER user_data_went AFTER DELETE ON user_data
BEGIN
    UPDATE row_tally SET number = number - 1
    WHERE workflow_id = OLD.workflow_id AND counted = 'user_data' AND block = OLD.id >> 13;
END;
CREATE TRIGGER event_came AFTER INSERT ON event
BEGIN
    INSERT INTO row_tally VALUES (NEW.workflow_id, 'event', NEW.id >> 13, 1)
    ON CONFLICT DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER event_went AFTER DELETE ON event
BEGIN
    UPDATE row_tally SET number = number - 1
    WHERE workflow_id = OLD.workflow_id AND counted = 'event' AND block = OLD.id >> 13;
END;
CREATE TRIGGER slurm_stats_came AFTER INSERT ON slurm_stats
BEGIN
    INSERT INTO row_tally VALUES (NEW.workflow_id, 'slurm_stats', NEW.id >> 13, 1)
    ON CONFLICT DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER slurm_stats_went AFTER DELETE ON slurm_stats
BEGIN
    UPDATE row_tally SET number = number - 1
    WHERE workflow_id = OLD.workflow_id AND counted = 'slurm_stats' AND block = OLD.id >> 13;
END;

-- A workflow's rows in the order of their ids, whatever their status and time; entries that no change of status moves.
CREATE INDEX job_workflow ON job (workflow_id);
CREATE INDEX event_workflow ON event (workflow_id);
