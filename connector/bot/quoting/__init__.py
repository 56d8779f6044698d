"""What a strategy is handed beside the market that it quotes, and where its own code is found."""
