-- The statements that callers sent to POST /admin/sql, also those that were refused.
-- is_forbidden: the caller was not allowed to send any.
CREATE TABLE admin_audit_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_name TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    sql_text TEXT NOT NULL,
    is_write INTEGER NOT NULL,
    allow_full_table INTEGER NOT NULL,
    rows_affected INTEGER,
    committed INTEGER NOT NULL,
    success INTEGER NOT NULL,
    error TEXT,
    is_forbidden INTEGER NOT NULL
);
CREATE INDEX admin_audit_log_forbidden ON admin_audit_log (id) WHERE is_forbidden;
