"""How a bot that runs on this machine is asked and told: a socket in its home, one line of JSON each way."""
