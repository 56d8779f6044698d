"""Floor 2: what must outlive a crash: a write-ahead log, and the database that it is carried into."""
