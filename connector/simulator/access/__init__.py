"""Who may ask, and how often: keys, signatures, rate limits, bans."""
