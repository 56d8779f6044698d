"""The connector at work: its start, its tasks, its pairs, and the age of its streams."""
