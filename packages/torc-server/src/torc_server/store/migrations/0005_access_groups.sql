-- Who may use a workflow besides its owner.
CREATE TABLE access_group (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    description TEXT,
    created_at TEXT NOT NULL,
    -- 1 for the group of the system's administrators, which the server's settings fill.
    is_system INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE user_group_membership (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL REFERENCES access_group (id) ON DELETE CASCADE,
    user_name TEXT NOT NULL,
    role TEXT NOT NULL DEFAULT 'member',
    created_at TEXT NOT NULL,
    UNIQUE (user_name, group_id)
);
CREATE INDEX user_group_membership_group ON user_group_membership (group_id, user_name);

CREATE TABLE workflow_access_group (
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    group_id INTEGER NOT NULL REFERENCES access_group (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    PRIMARY KEY (workflow_id, group_id)
) WITHOUT ROWID;
CREATE INDEX workflow_access_group_group ON workflow_access_group (group_id);
-- Lists show each user their own.
CREATE INDEX workflow_user ON workflow (user);
