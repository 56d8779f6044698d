"""The compiled twins."""
