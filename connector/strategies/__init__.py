"""Floor 1: what to quote. Pure: from a view of market and account to intents."""
