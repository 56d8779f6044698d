"""Nothing that a strategy or a listener can reach leads to a secret: every public attribute is walked to its end."""

import inspect
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

import pytest

from connector.bot.session.market_view import market_view
from connector.core.enums import OrderType, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.intents import CancelIntent, OrderIntent
from connector.core.interface import Exchange
from connector.core.secrets import Secret
from connector.exchange.derivative import PerpetualDerivative
from connector.net.sign import HmacSigner, KeyPairSigner
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, EventLog, Trader

D = Decimal
_ENDS = (str, bytes, int, float, Decimal, Enum, type, ModuleType, FunctionType, BuiltinFunctionType, MethodType)
_MOST_OBJECTS = 200_000


def walked(root: object, skipped: frozenset[str] = frozenset()) -> Iterator[tuple[str, object]]:
    """Everything that public names and what containers hold lead to, with the way to it."""
    seen: set[int] = set()
    kept: list[object] = []
    waiting = [("it", root)]
    while waiting:
        way, found = waiting.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        kept.append(found)  # so that no other object gets its identity
        assert len(kept) < _MOST_OBJECTS, way
        yield way, found
        if isinstance(found, dict):
            waiting += [(f"{way}[{key!r:.20}]", value) for key, value in found.items()]
            waiting += [(f"a key of {way}", key) for key in found]
        elif isinstance(found, list | tuple | set | frozenset):
            waiting += [(f"{way}[{number}]", value) for number, value in enumerate(found)]
        elif not isinstance(found, _ENDS):
            waiting += _attributes(way, found, skipped)


def _attributes(way: str, found: object, skipped: frozenset[str]) -> Iterator[tuple[str, object]]:
    for name in dir(found):
        if name.startswith("_") or name in skipped:
            continue
        try:
            value = getattr(found, name)
        except Exception:
            continue
        if inspect.ismethod(value) and value.__self__ is not found:
            yield f"{way}.{name}.__self__", value.__self__
        yield f"{way}.{name}", value


def tells(found: object, words: tuple[str, ...]) -> bool:
    """Whether an object is a secret, signs, or says one."""
    if isinstance(found, Secret | HmacSigner | KeyPairSigner):
        return True
    if isinstance(found, bytes):
        return any(word.encode() in found for word in words)
    return any(word in (found if isinstance(found, str) else _shown(found)) for word in words)


def _shown(found: object) -> str:
    return "" if isinstance(found, _ENDS) else f"{found!r}{found}"


@pytest.fixture
def words(venue: LocalExchange) -> tuple[str, ...]:
    return venue.api_key, venue.api_secret


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
    view = market_view(connector, PAIR, connector.components.clock.now_ms(), None, depth=True)
    intents = (OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT, D("0.010"), D("59000")), CancelIntent(PAIR, "x"))
    led = [way for root in (view, intents) for way, found in walked(root) if tells(found, words)]
    assert led == []
    assert len(list(walked(view))) > 20, "there was something to walk"


async def test_what_a_listener_hears_leads_to_no_secret(
    connector: PerpetualDerivative, log: EventLog, words: tuple[str, ...]
) -> None:
    await trade(connector, log)
    assert {"BuyOrderCreated", "OrderFilled", "OrderFailure", "OrderCancelled"} <= set(log.tags())
    assert [way for way, found in walked([*log.events, *log.funding]) if tells(found, words)] == []


async def test_the_interface_leads_to_no_secret_by_any_public_name(
    connector: PerpetualDerivative, log: EventLog, words: tuple[str, ...], trader: Trader
) -> None:
    await trade(connector, log)
    names = [name for name in dir(Exchange) if not name.startswith("_")]
    assert len(names) > 30
    led = [way for name in names for way, found in walked(getattr(connector, name)) if tells(found, words)]
    assert led == []


async def test_not_even_the_connectors_own_parts_show_one_by_a_public_name(
    connector: PerpetualDerivative, log: EventLog, words: tuple[str, ...]
) -> None:
    await trade(connector, log)
    assert [way for way, found in walked(connector) if tells(found, words)] == []


async def test_one_that_could_be_reached_would_be_found(connector: PerpetualDerivative, words: tuple[str, ...]) -> None:
    spelling = connector.components.gateway._spelling
    found = {way: tells(value, words) for way, value in walked({"spelling": [spelling]})}
    assert found["it['spelling'][0].signer"]
    assert found["it['spelling'][0].signer.api_key"]
    assert tells(f"key {words[0]}", words)
