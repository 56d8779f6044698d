"""The connector as a connector of Hummingbot's (release 20260922)."""
