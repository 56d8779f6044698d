"""What is written into an installation of Hummingbot, and where those are."""
