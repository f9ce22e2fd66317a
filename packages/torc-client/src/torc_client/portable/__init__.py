"""A workflow as a JSON document, which another server, or the same one, makes a workflow of again."""
