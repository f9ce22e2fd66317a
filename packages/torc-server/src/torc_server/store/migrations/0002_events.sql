-- What happened to a workflow, as the server and its clients note it down. Live news is not kept here.
CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    timestamp INTEGER NOT NULL, -- milliseconds since the epoch, UTC
    data TEXT NOT NULL
);
CREATE INDEX event_workflow_time ON event (workflow_id, timestamp);
