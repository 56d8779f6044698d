"""REST: routes, their handlers, and the exchange's own paths and page."""
