"""Orders on their way out, and the look-ups that settle what was not answered."""
