"""Floor 2: the rim. Sockets, the system clock, signatures, the throttle."""
