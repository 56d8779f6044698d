"""The scripts of the tests."""
