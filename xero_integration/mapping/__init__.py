"""What an invoice goes with: accounts, tax rates, items, tracking, branding themes."""
