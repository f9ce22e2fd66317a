"""The operations as data, with thin synchronous functions behind them."""
