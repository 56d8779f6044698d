"""What a connector costs within Hummingbot: its own beside ours, in one run."""
