"""A price that an address of the user's tells: its answer is a number, and nothing else."""

import asyncio
from decimal import Decimal

from connector.bot.quoting.source_price import Seen
from connector.core.clock import Clock
from connector.core.faults import UnavailableFault
from connector.core.figures import FigureError, cut, exact
from connector.net.http import Http, NoAnswer

_ANSWER_WITHIN_S = 10.0
_OK = 200


class CustomPrice:
    """Asks one address, again and again. A price counts from when it was asked for: what is slow is old."""

    def __init__(self, address: str, every_s: float, clock: Clock) -> None:
        self.name = address.partition("?")[0]
        self.trouble = ""
        self._address, self._every_s, self._clock = address, every_s, clock
        self._http = Http(_ANSWER_WITHIN_S)
        self._seen: Seen | None = None

    async def begin(self) -> None:
        """Asks once, so that a run begins with a price where there is one."""
        await self._ask()

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            await self._ask()

    def seen(self) -> Seen | None:
        return self._seen

    async def close(self) -> None:
        await self._http.close()

    async def _ask(self) -> None:
        asked_ms = self._clock.monotonic_ms()
        try:
            answer = await self._http.send("GET", self._address, {})
        except (NoAnswer, UnavailableFault) as error:
            self.trouble = cut(str(error))
            return
        if answer.status != _OK:
            self.trouble = f"it answered with {answer.status}"
            return
        price = _number(answer.body)
        if price is None:
            self.trouble = "its answer is no number above 0"
        else:
            self._seen, self.trouble = Seen(price, asked_ms), ""


def _number(body: bytes) -> Decimal | None:
    try:
        price = exact(body.decode("ascii", "replace").strip(), "price")
    except FigureError:
        return None
    return price if price > 0 else None
