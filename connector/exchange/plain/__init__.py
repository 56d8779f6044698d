"""The plain twins: they specify the compiled ones, and serve where nothing is compiled."""
