"""What the exchange answers to programs of this machine alone: its own paths under `/local/`, and its page."""
