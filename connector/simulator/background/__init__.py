"""The market around the clients: seeded, or replayed from a recording."""
