"""The plain twin of the way of an order to its socket."""
