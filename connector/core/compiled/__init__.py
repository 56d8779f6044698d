"""What compiled rooms share."""
