"""One connector in Hummingbot's own clock, and everything that it tells; for the tests that run inside of it."""

import asyncio
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

from hummingbot.client.settings import AllConnectorSettings
from hummingbot.core.clock import Clock, ClockMode
from hummingbot.core.data_type.common import OrderType, PositionAction
from hummingbot.core.event.event_listener import EventListener
from hummingbot.core.event.events import AccountEvent, MarketEvent

from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, until

LOCAL = "binance_perpetual_pro_local"
D = Decimal
_TICK_S = 0.2


class Heard(EventListener):
    """What a connector told, in order: (name, event)."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[tuple[str, Any]] = []

    def __call__(self, event: Any) -> None:
        self.events.append((_NAMES.get(type(event).__name__, type(event).__name__.removesuffix("Event")), event))

    def names(self, order_id: str | None = None) -> list[str]:
        """Of one order, or of all."""
        return [name for name, event in self.events if order_id is None or getattr(event, "order_id", None) == order_id]

    def of(self, name: str) -> list[Any]:
        return [event for told, event in self.events if told == name]

    async def waits_for(self, name: str, times: int = 1) -> Any:
        await until(lambda: len(self.of(name)) >= times, f"{times} x {name}; heard {self.names()}")
        return self.of(name)[times - 1]


_NAMES = {"MarketOrderFailureEvent": "OrderFailure", "PositionModeChangeEvent": "PositionMode"}


def new_connector(venue: LocalExchange, *pairs: str, name: str = LOCAL, trading: bool = True, **keys: str) -> Any:
    """As Hummingbot makes one: by its settings of the name."""
    setting = AllConnectorSettings.get_connector_settings()[name]
    given = keys or {f"{name}_exchange": venue.rest}
    parameters = setting.conn_init_parameters(
        trading_pairs=list(pairs), trading_required=trading, api_keys=given, balance_asset_limit={}
    )
    kind = getattr(importlib.import_module(setting.module_path()), setting.class_name())
    return kind(**parameters)


def hear(connector: Any) -> Heard:
    """Everything that it tells from now on."""
    heard = Heard()
    for tag in (*_TOLD, *AccountEvent):
        connector.add_listener(tag, heard)
    return heard


_TOLD = (
    MarketEvent.BuyOrderCreated,
    MarketEvent.SellOrderCreated,
    MarketEvent.OrderFilled,
    MarketEvent.BuyOrderCompleted,
    MarketEvent.SellOrderCompleted,
    MarketEvent.OrderCancelled,
    MarketEvent.OrderExpired,
    MarketEvent.OrderFailure,
    MarketEvent.FundingPaymentCompleted,
)


@asynccontextmanager
async def ticking(clock: Clock) -> AsyncIterator[None]:
    """A clock that runs, and whose parts are stopped as Hummingbot stops them."""
    with clock:
        runs = asyncio.create_task(clock.run())
        try:
            yield
        finally:
            runs.cancel()
            await asyncio.gather(runs, return_exceptions=True)


@asynccontextmanager
async def running(connector: Any, *, is_ready: bool = True) -> AsyncIterator[Any]:
    """In a clock that ticks fast, ready unless said otherwise, and stopped at the end."""
    clock = Clock(ClockMode.REALTIME, tick_size=_TICK_S)
    clock.add_iterator(connector)
    async with ticking(clock):
        if is_ready:
            await until(lambda: connector.ready, f"ready: {connector.status_dict}")
        yield connector
    await connector.stop_network()


def resting_price(connector: Any) -> Decimal:
    """Far below the market."""
    return D(connector.get_price(PAIR, False)) - 500


def buy(connector: Any, amount: str = "0.01", price: Decimal | None = None, kind: OrderType = OrderType.LIMIT) -> str:
    """An opening buy of the pair, by default one that rests."""
    at = resting_price(connector) if price is None else price
    order_id: str = connector.buy(PAIR, D(amount), kind, at, position_action=PositionAction.OPEN)
    return order_id


def open_there(venue: LocalExchange) -> set[str]:
    """The client ids of the account's open orders, by the exchange's own books."""
    placed = venue.engine.accounts[venue.account_id].placed.get(SYMBOL, ())
    return {order.client_order_id for order in placed if order.is_open}


def trades_there(venue: LocalExchange) -> list[Any]:
    """The account's trades, by the exchange's own books."""
    return list(venue.engine.accounts[venue.account_id].trades.get(SYMBOL, ()))
