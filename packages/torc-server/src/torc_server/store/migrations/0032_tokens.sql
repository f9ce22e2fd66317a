-- Credentials of runners for one workflow. `digest` is the SHA-256 of the text of a token, which is not stored.
-- `is_login`: the user is one of the password file. A token that another one requested is revoked with that one.
CREATE TABLE token (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    user TEXT NOT NULL,
    is_login INTEGER NOT NULL,
    digest BLOB NOT NULL,
    note TEXT,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    submission_id INTEGER REFERENCES submission (id) ON DELETE CASCADE,
    requested_with INTEGER REFERENCES token (id) ON DELETE CASCADE
);
CREATE INDEX token_workflow ON token (workflow_id);
CREATE INDEX token_submission ON token (submission_id) WHERE submission_id IS NOT NULL;
CREATE INDEX token_requested_with ON token (requested_with) WHERE requested_with IS NOT NULL;
CREATE INDEX token_expires_at ON token (expires_at);

-- When the last allocation of the submission ended; NULL: one waits or runs.
ALTER TABLE submission ADD COLUMN ended_at TEXT;
