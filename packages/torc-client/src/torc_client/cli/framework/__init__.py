"""What commands are made of: options, results, their output, errors, and groups derived from the document."""
