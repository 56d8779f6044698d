"""What a person handed to the exchange and it can't use."""


class BadInput(ValueError):
    """A flag or a file that is wrong; the text names it and says what would do."""
