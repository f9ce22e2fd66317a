"""Live pages: one follower for each workflow that is open somewhere, shared by all open pages."""
