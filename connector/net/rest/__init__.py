"""Requests by HTTP/1.1: connections of our own, and those through a proxy."""
