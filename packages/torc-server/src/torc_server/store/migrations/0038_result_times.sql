-- The throughput of a run counts its results by time. Times in UTC have the order of their texts. Clients may store
-- others: those have an index of their own, which is empty as a rule, so that the server knows whether there are any.
CREATE INDEX result_run_time ON result (workflow_id, run_id, completion_time);
CREATE INDEX result_other_time ON result (workflow_id, run_id)
WHERE NOT (
    completion_time GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]*'
    AND (completion_time GLOB '*Z' OR completion_time GLOB '*+00:00')
);
