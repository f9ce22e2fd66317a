"""Who may do what: access groups and permissions."""
