"""WebSocket streams: who listens, what is sent when, and the faults on the way."""
