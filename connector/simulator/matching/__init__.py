"""How orders and settlements happen: admission, the walk through the book, clearing, conditional orders."""
