"""A connector for USDⓈ-M perpetual futures, the bot that runs it, and a local exchange that speaks its protocol."""

__version__ = "0.1.0"
