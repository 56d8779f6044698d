"""The process that sends: it alone reads the addresses, and what becomes of it is no matter to the trading.

    in   one JSON object a line: {"title": …, "body": …}; it ends when its input does
    out  one JSON object a line: at first {"ready": true} or {"trouble": …}, then for each that came
         {"sent": whether any address took it, "refused": the lines of those that did not}

Each address is asked alone and beside the others: one that is broken or slow neither delays nor repeats theirs.
What a library of it logs could hold an address, so it logs nothing and nobody reads its standard error.
"""

import json
import logging
import signal
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING

from connector.bot.notify.address_file import addresses

if TYPE_CHECKING:
    from apprise import Apprise

#: Who has not taken a message by then has refused it: those who took it are told of in time.
_TAKEN_WITHIN_S = 20.0


def main(path: Path) -> int:
    """Sends what comes in until there is no more. Returns the exit code: 0, or 3 where the addresses can't be used."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        # Who ends a group of processes ends the bot; its last message is sent after that.
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    logging.disable(logging.CRITICAL)
    services, trouble = _services(path)
    _answer({"trouble": trouble} if trouble else {"ready": True})
    if trouble:
        return 3
    with ThreadPoolExecutor(len(services)) as pool:
        for line in sys.stdin:
            wish = json.loads(line)
            asked = {pool.submit(_is_taken, service, wish): number for number, service in services}
            done = wait(asked, _TAKEN_WITHIN_S).done
            took = {future for future in done if future.result()}
            refused = sorted({number for future, number in asked.items() if future not in took})
            _answer({"sent": bool(took), "refused": refused})
    return 0


def _is_taken(service: "Apprise", wish: dict[str, str]) -> bool:
    try:
        return bool(service.notify(title=wish["title"], body=wish["body"]))
    except Exception:
        # A service's defect must not end the others, nor be told in words that could hold an address.
        return False


def _services(path: Path) -> tuple[list[tuple[int, "Apprise"]], str]:
    """Every address with its line's number; or what is wrong with them, never an address itself."""
    import apprise

    try:
        rows = addresses(path)
    except (OSError, ValueError) as error:
        return [], f"can't be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"
    services = []
    for number, text in rows:
        line = apprise.Apprise()
        if not line.add(text):
            return [], f"line {number} is no address that apprise knows"
        # A line may hold several. What is longer than a service takes goes there in parts, else it is refused for ever.
        for address in line:
            address.overflow_mode = apprise.OverflowMode.SPLIT
            service = apprise.Apprise()
            service.add(address)
            services.append((number, service))
    return services, "" if services else "holds no address"


def _answer(row: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
