"""Floor 4: what a person runs: the command line, the runner, its books and its live table."""
