"""What an account holds: wallets, positions, open orders, and what they cost in margin."""
