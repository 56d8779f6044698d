"""Other frameworks, each in a folder of its own and optional: nothing of the connector needs them."""
