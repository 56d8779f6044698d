"""What a run leaves beside the journal for those who ask afterwards: prices at its fills, its equity over time."""
