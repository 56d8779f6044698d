"""Floor 2: bytes to meaning and back, for all but market frames."""
