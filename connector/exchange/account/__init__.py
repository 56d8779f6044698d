"""What the venue is asked about the account, the user stream, and what is checked before the first order."""
