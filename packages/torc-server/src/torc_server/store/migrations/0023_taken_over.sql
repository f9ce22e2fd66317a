-- The databases of Torc 0.12 to 1.0 from which this one was made, by a digest of their content.
CREATE TABLE taken_over (
    digest TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    schema INTEGER NOT NULL,
    taken_over_at TEXT NOT NULL
) WITHOUT ROWID;
