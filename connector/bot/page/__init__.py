"""A page in the browser that shows a running bot, and stops or pauses it where that was asked for."""
