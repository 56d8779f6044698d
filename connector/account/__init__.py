"""Floor 2: balances, positions, leverage and mode; collateral and the budget checker."""
