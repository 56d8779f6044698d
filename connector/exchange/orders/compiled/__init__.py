"""The compiled twin of the way of an order to its socket."""
