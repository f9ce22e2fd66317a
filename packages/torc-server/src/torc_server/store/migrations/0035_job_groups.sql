-- The group of a job: its name with each run of digits replaced by #, of which the first 256 characters count. A group
-- counts its jobs by status like job_tally: what is ready, pending or running is one number. Triggers keep both true.
-- (The nested calls replace each digit by a character 1, and then each run of it by one #.)
CREATE TABLE job_group (
    id INTEGER PRIMARY KEY,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    uninitialized INTEGER NOT NULL DEFAULT 0,
    blocked INTEGER NOT NULL DEFAULT 0,
    ready_or_running INTEGER NOT NULL DEFAULT 0,
    completed INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    canceled INTEGER NOT NULL DEFAULT 0,
    terminated INTEGER NOT NULL DEFAULT 0,
    disabled INTEGER NOT NULL DEFAULT 0,
    pending_failed INTEGER NOT NULL DEFAULT 0,
    UNIQUE (workflow_id, key)
);
-- Changes of the links, needs, priorities and names of existing jobs: what was computed about groups before is stale.
CREATE TABLE job_group_change (
    workflow_id INTEGER PRIMARY KEY REFERENCES workflow (id) ON DELETE CASCADE,
    number INTEGER NOT NULL
);
ALTER TABLE job ADD COLUMN group_id INTEGER;

INSERT INTO job_group (workflow_id, key, uninitialized, blocked, ready_or_running, completed, failed,
        canceled, terminated, disabled, pending_failed)
SELECT workflow_id, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(substr(name, 1, 256), '0', char(1)), '1', char(1)), '2', char(1)), '3', char(1)), '4', char(1)), '5', char(1)), '6', char(1)), '7', char(1)), '8', char(1)), '9', char(1)), char(1), char(1, 2)), char(2, 1), ''), char(1, 2), '#') AS group_key,
    SUM(status = 0), SUM(status = 1), SUM(status BETWEEN 2 AND 4), SUM(status = 5), SUM(status = 6), SUM(status
    = 7), SUM(status = 8), SUM(status = 9), SUM(status = 10)
FROM job GROUP BY workflow_id, group_key ORDER BY MIN(id);
UPDATE job SET group_id = (
    SELECT id FROM job_group WHERE workflow_id = job.workflow_id
    AND key = replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(substr(job.name, 1, 256), '0', char(1)), '1', char(1)), '2', char(1)), '3', char(1)), '4', char(1)), '5', char(1)), '6', char(1)), '7', char(1)), '8', char(1)), '9', char(1)), char(1), char(1, 2)), char(2, 1), ''), char(1, 2), '#')
);
CREATE INDEX job_group_id ON job (group_id);

-- The server stores the group with a new job, since it computes the keys of many names faster.
CREATE TRIGGER job_group_of_new AFTER INSERT ON job WHEN NEW.group_id IS NULL BEGIN
    INSERT INTO job_group (workflow_id, key, uninitialized, blocked, ready_or_running, completed, failed,
        canceled, terminated, disabled, pending_failed)
    VALUES (NEW.workflow_id, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(substr(NEW.name, 1, 256), '0', char(1)), '1', char(1)), '2', char(1)), '3', char(1)), '4', char(1)), '5', char(1)), '6', char(1)), '7', char(1)), '8', char(1)), '9', char(1)), char(1), char(1, 2)), char(2, 1), ''), char(1, 2), '#'),
        NEW.status = 0, NEW.status = 1, NEW.status BETWEEN 2 AND 4, NEW.status = 5, NEW.status = 6, NEW.status =
        7, NEW.status = 8, NEW.status = 9, NEW.status = 10)
    ON CONFLICT (workflow_id, key) DO UPDATE SET
        uninitialized = uninitialized + excluded.uninitialized,
        blocked = blocked + excluded.blocked,
        ready_or_running = ready_or_running + excluded.ready_or_running,
        completed = completed + excluded.completed,
        failed = failed + excluded.failed,
        canceled = canceled + excluded.canceled,
        terminated = terminated + excluded.terminated,
        disabled = disabled + excluded.disabled,
        pending_failed = pending_failed + excluded.pending_failed;
    UPDATE job SET group_id = (
        SELECT id FROM job_group WHERE workflow_id = NEW.workflow_id
        AND key = replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(substr(NEW.name, 1, 256), '0', char(1)), '1', char(1)), '2', char(1)), '3', char(1)), '4', char(1)), '5', char(1)), '6', char(1)), '7', char(1)), '8', char(1)), '9', char(1)), char(1), char(1, 2)), char(2, 1), ''), char(1, 2), '#')
    ) WHERE id = NEW.id;
END;
CREATE TRIGGER job_group_came AFTER INSERT ON job WHEN NEW.group_id IS NOT NULL
BEGIN
    UPDATE job_group SET
        uninitialized = uninitialized + (NEW.status = 0),
        blocked = blocked + (NEW.status = 1),
        ready_or_running = ready_or_running + (NEW.status BETWEEN 2 AND 4),
        completed = completed + (NEW.status = 5),
        failed = failed + (NEW.status = 6),
        canceled = canceled + (NEW.status = 7),
        terminated = terminated + (NEW.status = 8),
        disabled = disabled + (NEW.status = 9),
        pending_failed = pending_failed + (NEW.status = 10)
    WHERE id = NEW.group_id;
END;
CREATE TRIGGER job_group_moved AFTER UPDATE OF status ON job
WHEN OLD.status <> NEW.status AND NOT (OLD.status BETWEEN 2 AND 4 AND NEW.status BETWEEN 2 AND 4)
BEGIN
    UPDATE job_group SET
        uninitialized = uninitialized - (OLD.status = 0) + (NEW.status = 0),
        blocked = blocked - (OLD.status = 1) + (NEW.status = 1),
        ready_or_running = ready_or_running - (OLD.status BETWEEN 2 AND 4) + (NEW.status BETWEEN 2 AND 4),
        completed = completed - (OLD.status = 5) + (NEW.status = 5),
        failed = failed - (OLD.status = 6) + (NEW.status = 6),
        canceled = canceled - (OLD.status = 7) + (NEW.status = 7),
        terminated = terminated - (OLD.status = 8) + (NEW.status = 8),
        disabled = disabled - (OLD.status = 9) + (NEW.status = 9),
        pending_failed = pending_failed - (OLD.status = 10) + (NEW.status = 10)
    WHERE id = OLD.group_id;
END;
CREATE TRIGGER job_group_went AFTER DELETE ON job
BEGIN
    UPDATE job_group SET
        uninitialized = uninitialized - (OLD.status = 0),
        blocked = blocked - (OLD.status = 1),
        ready_or_running = ready_or_running - (OLD.status BETWEEN 2 AND 4),
        completed = completed - (OLD.status = 5),
        failed = failed - (OLD.status = 6),
        canceled = canceled - (OLD.status = 7),
        terminated = terminated - (OLD.status = 8),
        disabled = disabled - (OLD.status = 9),
        pending_failed = pending_failed - (OLD.status = 10)
    WHERE id = OLD.group_id;
    DELETE FROM job_group
    WHERE id = OLD.group_id AND uninitialized = 0 AND blocked = 0 AND ready_or_running = 0 AND completed = 0 AND failed = 0 AND canceled = 0
        AND terminated = 0 AND disabled = 0 AND pending_failed = 0;
END;
CREATE TRIGGER job_group_renamed AFTER UPDATE OF name ON job WHEN OLD.name <> NEW.name
BEGIN
    UPDATE job_group SET
        uninitialized = uninitialized - (OLD.status = 0),
        blocked = blocked - (OLD.status = 1),
        ready_or_running = ready_or_running - (OLD.status BETWEEN 2 AND 4),
        completed = completed - (OLD.status = 5),
        failed = failed - (OLD.status = 6),
        canceled = canceled - (OLD.status = 7),
        terminated = terminated - (OLD.status = 8),
        disabled = disabled - (OLD.status = 9),
        pending_failed = pending_failed - (OLD.status = 10)
    WHERE id = OLD.group_id;
    INSERT INTO job_group (workflow_id, key, uninitialized, blocked, ready_or_running, completed, failed,
        canceled, terminated, disabled, pending_failed)
    VALUES (NEW.workflow_id, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(substr(NEW.name, 1, 256), '0', char(1)), '1', char(1)), '2', char(1)), '3', char(1)), '4', char(1)), '5', char(1)), '6', char(1)), '7', char(1)), '8', char(1)), '9', char(1)), char(1), char(1, 2)), char(2, 1), ''), char(1, 2), '#'),
        NEW.status = 0, NEW.status = 1, NEW.status BETWEEN 2 AND 4, NEW.status = 5, NEW.status = 6, NEW.status =
        7, NEW.status = 8, NEW.status = 9, NEW.status = 10)
    ON CONFLICT (workflow_id, key) DO UPDATE SET
        uninitialized = uninitialized + excluded.uninitialized,
        blocked = blocked + excluded.blocked,
        ready_or_running = ready_or_running + excluded.ready_or_running,
        completed = completed + excluded.completed,
        failed = failed + excluded.failed,
        canceled = canceled + excluded.canceled,
        terminated = terminated + excluded.terminated,
        disabled = disabled + excluded.disabled,
        pending_failed = pending_failed + excluded.pending_failed;
    UPDATE job SET group_id = (
        SELECT id FROM job_group WHERE workflow_id = NEW.workflow_id
        AND key = replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(substr(NEW.name, 1, 256), '0', char(1)), '1', char(1)), '2', char(1)), '3', char(1)), '4', char(1)), '5', char(1)), '6', char(1)), '7', char(1)), '8', char(1)), '9', char(1)), char(1), char(1, 2)), char(2, 1), ''), char(1, 2), '#')
    ) WHERE id = NEW.id;
    DELETE FROM job_group
    WHERE id = OLD.group_id AND uninitialized = 0 AND blocked = 0 AND ready_or_running = 0 AND completed = 0 AND failed = 0 AND canceled = 0
        AND terminated = 0 AND disabled = 0 AND pending_failed = 0;
    INSERT INTO job_group_change VALUES (NEW.workflow_id, 1) ON CONFLICT DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER job_group_changed AFTER UPDATE OF resource_requirements_id, priority ON job
WHEN OLD.resource_requirements_id IS NOT NEW.resource_requirements_id OR OLD.priority <> NEW.priority
BEGIN
    INSERT INTO job_group_change VALUES (NEW.workflow_id, 1) ON CONFLICT DO UPDATE SET number = number + 1;
END;
-- The links of deleted files and user data are gone. (A workflow that is deleted keeps no note.)
CREATE TRIGGER job_group_lost_file AFTER DELETE ON file
BEGIN
    INSERT INTO job_group_change SELECT id, 1 FROM workflow WHERE id = OLD.workflow_id
    ON CONFLICT DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER job_group_lost_user_data AFTER DELETE ON user_data
BEGIN
    INSERT INTO job_group_change SELECT id, 1 FROM workflow WHERE id = OLD.workflow_id
    ON CONFLICT DO UPDATE SET number = number + 1;
END;
