"""Export a workflow to a JSON document, and import such a document on any server."""
