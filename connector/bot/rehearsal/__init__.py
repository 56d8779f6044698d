"""A bot on a recording: the whole of it, in virtual time."""
