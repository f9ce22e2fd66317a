"""`torc-mcp-server`: workflows for assistants, by the Model Context Protocol. It needs the extra `torc-client[mcp]`."""
