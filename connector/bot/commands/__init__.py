"""What a person types: the commands of the command line."""
