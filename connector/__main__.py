"""`python -m connector`: the same command as `connector`."""


def main() -> None:
    """Starts the command; Ctrl-C while it is still being loaded ends it without a word."""
    try:
        from connector.bot.commands.command_line import main as command
    except KeyboardInterrupt:
        raise SystemExit(0) from None
    command()


if __name__ == "__main__":
    main()
