"""Nothing that a strategy or a listener can reach leads to a secret: every public attribute is walked to its end."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from types import MappingProxyType

import pytest
from pandas import DataFrame

from connector.bot.quoting.own_part import Everything
from connector.bot.session.market_view import market_view
from connector.core.enums import OrderType, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.intents import CancelIntent, ModifyIntent, OrderIntent
from connector.core.interface import Exchange
from connector.core.secrets import Secret
from connector.exchange.derivative import PerpetualDerivative
from connector.net.sign import HmacSigner
from connector.simulator.server import LocalExchange
from tests.companions.exchange.attribute_walk import tells, walked
from tests.companions.keys.stores import API_KEY, API_SECRET
from tests.companions.local_trading import PAIR, EventLog, Trader

D = Decimal
INTENTS = (
    OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT, D("0.010"), D("59000")),
    CancelIntent(PAIR, "x"),
    ModifyIntent(PAIR, "x", D("59000")),
)


def led_to(root: object, words: tuple[str, ...]) -> list[str]:
    """The ways to a secret."""
    return [way for way, found in walked(root) if tells(found, words)]


@pytest.fixture
def words(venue: LocalExchange, connector: PerpetualDerivative) -> tuple[str, ...]:
    """Of the account: key, secret, and the listen key that it is heard by."""
    listen_keys = venue.runtime.listen_keys.all()
    assert listen_keys
    return venue.api_key, venue.api_secret, *listen_keys


async def trade(connector: PerpetualDerivative, log: EventLog) -> None:
    """An order of each end: filled, refused, cancelled."""
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT, D("1000"))
    resting = connector.buy(PAIR, D("0.010"), OrderType.LIMIT, D("59000"))
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await log.waits_for(MarketEvent.OrderFailure)
    connector.cancel(PAIR, resting)
    await log.waits_for(MarketEvent.OrderCancelled)


async def test_what_a_strategy_sees_and_wants_leads_to_no_secret(
    connector: PerpetualDerivative, log: EventLog, words: tuple[str, ...]
) -> None:
    await trade(connector, log)
    view = market_view(connector, Everything(connector), PAIR, connector.components.clock.now_ms(), None, depth=True)
    assert led_to((view, INTENTS), words) == []
    assert len(list(walked(view))) > 20, "there was something to walk"


async def test_what_a_listener_hears_leads_to_no_secret(
    connector: PerpetualDerivative, log: EventLog, words: tuple[str, ...]
) -> None:
    await trade(connector, log)
    assert {"BuyOrderCreated", "OrderFilled", "OrderFailure", "OrderCancelled"} <= set(log.tags())
    assert led_to([*log.events, *log.funding], words) == []


async def test_the_interface_leads_to_no_secret_by_any_public_name(
    connector: PerpetualDerivative, log: EventLog, words: tuple[str, ...], trader: Trader
) -> None:
    await trade(connector, log)
    names = [name for name in dir(Exchange) if not name.startswith("_")]
    assert len(names) > 30
    assert [way for name in names for way in led_to(getattr(connector, name), words)] == []


async def test_not_even_the_connectors_own_parts_show_one_by_a_public_name(
    connector: PerpetualDerivative, log: EventLog, words: tuple[str, ...]
) -> None:
    await trade(connector, log)
    assert led_to(connector, words) == []


class Holder:
    """Shows something by a public name."""

    def __init__(self, shown: object) -> None:
        self.shown = shown

    def does(self) -> None:
        """Nothing."""


SIGNER = HmacSigner(Secret(API_KEY), Secret(API_SECRET))


@pytest.mark.parametrize(
    "planted",
    [
        API_SECRET,
        f"a line with {API_KEY} in it",
        API_SECRET.encode(),
        API_SECRET.encode().hex(),
        Secret("anything"),
        SIGNER,
        [{"deep": (Holder(SIGNER),)}],
        {API_KEY: 1},
        deque([SIGNER]),
        MappingProxyType({"signer": SIGNER}),
        {"signer": SIGNER}.values(),
        partial(print, SIGNER),
        partial(print, file=SIGNER),
        Holder(Holder(SIGNER).does),
        Holder(SIGNER.sign),
        bytearray(API_SECRET.encode()),
        DataFrame({"told": [1, SIGNER]}),
        ValueError(f"no such key {API_KEY}"),
    ],
    ids=lambda planted: type(planted).__name__,
)
def test_one_that_is_planted_is_found_however_it_is_held(planted: object) -> None:
    assert led_to(Holder(planted), (API_KEY, API_SECRET))


@pytest.mark.parametrize("place", ["view", "intent", "event", "interface"])
async def test_one_that_is_planted_where_a_strategy_looks_is_found(
    connector: PerpetualDerivative, log: EventLog, words: tuple[str, ...], place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade(connector, log)
    view = market_view(connector, Everything(connector), PAIR, connector.components.clock.now_ms(), None, depth=True)
    placed = next(event for event in log.events if event.tag is MarketEvent.BuyOrderCreated)
    monkeypatch.setattr(type(connector), "name", property(lambda self: self.components.gateway._spelling))
    planted: dict[str, Callable[[], object]] = {
        "view": lambda: replace(view, last_own_price=words[0]),  # type: ignore[arg-type]
        "intent": lambda: CancelIntent(PAIR, "x", reason=f"signed by {words[1]}"),
        "event": lambda: [replace(placed, order_id=words[2])],  # type: ignore[type-var]
        "interface": lambda: connector.name,
    }
    assert led_to(planted[place](), words)
