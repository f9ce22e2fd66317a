"""What can be called: operations as data, with thin synchronous functions behind them."""
