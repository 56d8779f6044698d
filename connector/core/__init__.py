"""Floor 0: the vocabulary that every other room speaks. Imports nothing but the standard library."""
