"""The commands about keys: connect, unlock, list, change, approve, audit."""
