"""What outlives a run: journal, saved state, and the hash of all that an exchange knows."""
