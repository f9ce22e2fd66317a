-- The names of the records of lineages are unique within a workflow. Repeated ones keep their data under another name.
UPDATE user_data SET name = name || '__' || id
WHERE substr(name, 1, 16) = '__torc_lineage__' AND id NOT IN (
    SELECT MIN(id) FROM user_data WHERE substr(name, 1, 16) = '__torc_lineage__' GROUP BY workflow_id, name
);
CREATE UNIQUE INDEX user_data_lineage ON user_data (workflow_id, name) WHERE substr(name, 1, 16) = '__torc_lineage__';
