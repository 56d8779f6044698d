"""What the exchange does to accounts that are short of margin: calls, liquidation, deleveraging, insurance."""
