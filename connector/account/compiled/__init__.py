"""The compiled twin of the margin book."""
