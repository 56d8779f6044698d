"""A second trader at the local exchange, and waiting for what must happen, never for time."""

import asyncio
import itertools
from collections.abc import Callable
from decimal import Decimal

from connector.config.connector_settings import ConnectorSettings
from connector.core.enums import OrderWay
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.core.secrets import Secret
from connector.exchange.assemble import assemble
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.instance import Instance
from connector.net.sign import HmacSigner, Signer
from connector.simulator.market.orders import BUY, LIMIT, MARKET, SELL, OrderRequest
from connector.simulator.server import LocalExchange
from connector.venue.domains import LOCAL
from tests.companions.virtual_time import loop_clock

PAIR, SYMBOL = "BTC-USDT", "BTCUSDT"
D = Decimal
_IDS = itertools.count(1)


class Trader:
    """Trades at the exchange's own door, so that the connector sees a market move."""

    def __init__(self, venue: LocalExchange) -> None:
        self._venue = venue
        self._account = venue.admit(D(1_000_000)).account_id

    def quote(self, side: int, price: str, amount: str, symbol: str = SYMBOL) -> str:
        """Rests an order and returns its client id."""
        name = f"other-{next(_IDS)}"
        self._place(OrderRequest(symbol, side, LIMIT, D(amount), D(price), client_order_id=name))
        return name

    def deposit(self, amount: str, asset: str) -> None:
        """Brings money of another asset than USDT."""
        self._venue.act(lambda engine, now_ms: engine.transfer(self._account, int(D(amount) * 10**8), now_ms, asset))

    def take(self, side: int, amount: str) -> None:
        """Sends a market order."""
        self._place(OrderRequest(SYMBOL, side, MARKET, D(amount), client_order_id=f"other-{next(_IDS)}"))

    def make_market(self) -> None:
        """A book of two levels a side around 60,000."""
        for distance, amount in ((10, "1"), (20, "5")):
            self.quote(BUY, str(60_000 - distance), amount)
            self.quote(SELL, str(60_000 + distance), amount)

    def _place(self, request: OrderRequest) -> None:
        self._venue.act(lambda engine, now_ms: engine.place(self._account, request, now_ms))


class EventLog:
    """Hears every event of a connector, in order; forecasts of funding, which come with the clock, apart from them."""

    def __init__(self, connector: PerpetualDerivative) -> None:
        self.events: list[Event] = []
        self.funding: list[Event] = []
        for tag in MarketEvent:
            heard = self.funding if tag is MarketEvent.FundingRateChanged else self.events
            connector.add_listener(tag, heard.append)

    def tags(self) -> list[str]:
        return [event.tag.name for event in self.events]

    def of(self, tag: MarketEvent) -> list[Event]:
        return [event for event in self.events if event.tag is tag]

    async def waits_for(self, tag: MarketEvent, times: int = 1) -> Event:
        await until(lambda: len(self.of(tag)) >= times, f"{times} x {tag.name}; heard {self.tags()}")
        return self.of(tag)[times - 1]


async def until(holds: Callable[[], bool], what: str = "", within_s: float = 15.0) -> None:
    """Waits until a condition holds; fails, saying what was waited for, when it does not in time."""
    deadline = asyncio.get_running_loop().time() + within_s
    while not holds():
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"did not come within {within_s} s: {what or holds}")
        await asyncio.sleep(0.01)


def connect(
    venue: LocalExchange,
    tag: Instance | str = "test01",
    way: OrderWay = OrderWay.WS_API,
    signer: Signer | None = None,
    **settings: object,
) -> PerpetualDerivative:
    """A connector for an account of a local exchange, the ready-made one where none signs; not started. It may have
    settings of its own."""
    domain = LOCAL.at(venue.rest, venue.stream, venue.ws_api)
    signer = signer or HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
    own = ConnectorSettings.model_validate({"order_entry": way.value, **settings})
    return assemble(domain, signer, (PAIR,), tag, loop_clock(), settings=own)


async def ready(connector: PerpetualDerivative) -> None:
    """Starts a connector and waits until every gate holds, and orders go by the way that is wanted."""
    await connector.start_network()
    await until(lambda: connector.ready and not connector.order_way()[1], f"ready: {connector.status_dict}")
