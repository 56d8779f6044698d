"""`python -m connector`: the same command as `connector`."""

from connector.bot.command_line import main

if __name__ == "__main__":
    main()
