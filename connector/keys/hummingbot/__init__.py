"""The encrypted connector files of Hummingbot, read and written."""
