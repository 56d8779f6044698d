"""Floor 3: the venue's protocol on loopback, written from the protocol facts and not from the connector."""
