-- The id of this database. `opened` changes with each opening by a server, `inode` and `path` are those of the file then:
-- with them a server recognizes a copy, which gets an id of its own. `is_copy`: torc-server made the file as a copy.
CREATE TABLE database_id (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    id TEXT NOT NULL,
    opened TEXT,
    inode TEXT,
    path TEXT,
    is_copy INTEGER NOT NULL DEFAULT 0
);
INSERT INTO database_id (only_row, id) VALUES (1, lower(hex(randomblob(16))));

-- Chosen by the runner at registration, and sent with its requests.
ALTER TABLE compute_node ADD COLUMN secret TEXT;
