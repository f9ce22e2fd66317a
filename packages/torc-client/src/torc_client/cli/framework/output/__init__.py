"""Print results and messages. No other module of the client prints."""
