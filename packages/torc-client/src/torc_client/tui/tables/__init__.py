"""Tables of records: windows of rows, columns, filters, sort keys. Only `window_table` and `filter_screen` draw."""
