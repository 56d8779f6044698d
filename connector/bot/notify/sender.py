"""The process that sends: it alone reads the addresses, and what becomes of it is no matter to the trading.

    in   one JSON object a line: {"title": …, "body": …}; it ends when its input does
    out  one JSON object a line: at first {"ready": true} or {"trouble": …}, then {"sent": …} for each that came

What a library of it logs could hold an address, so it logs nothing and nobody reads its standard error.
"""

import json
import logging
import signal
import sys
from pathlib import Path

from connector.bot.notify.address_file import addresses


def main(path: Path) -> int:
    """Sends what comes in until there is no more. Returns the exit code: 0, or 3 where the addresses can't be used."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        # Who ends a group of processes ends the bot; its last message is sent after that.
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    logging.disable(logging.CRITICAL)
    import apprise

    service = apprise.Apprise()
    trouble = _added(service, path)
    _answer({"trouble": trouble} if trouble else {"ready": True})
    if trouble:
        return 3
    for line in sys.stdin:
        wish = json.loads(line)
        try:
            sent = bool(service.notify(title=wish["title"], body=wish["body"]))
        except Exception:
            # A service's defect must not end the others, nor be told in words that could hold an address.
            sent = False
        _answer({"sent": sent})
    return 0


def _added(service: object, path: Path) -> str:
    """Takes the addresses; returns what is wrong with them, never an address itself."""
    try:
        rows = addresses(path)
    except (OSError, ValueError) as error:
        return f"can't be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"
    for number, address in rows:
        if not service.add(address):  # type: ignore[attr-defined]
            return f"line {number} is no address that apprise knows"
    return "" if rows else "holds no address"


def _answer(row: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
