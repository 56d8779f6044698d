"""Rate limits: what is used of them, who waits, and silences that the venue asks for."""
