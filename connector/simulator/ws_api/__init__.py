"""The WS-API: REST's handlers by other names over one socket."""
