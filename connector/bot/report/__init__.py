"""What a person reads: accounting, the live table, the summary."""
