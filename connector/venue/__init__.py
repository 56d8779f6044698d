"""Floor 1: facts of the venue as rows: hosts, endpoints, limits, order fields, error codes, contract arithmetic."""
