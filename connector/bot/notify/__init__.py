"""Messages about a run to where a person reads them: mail, Telegram and the like, by `apprise`."""
