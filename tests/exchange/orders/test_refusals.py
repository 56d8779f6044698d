"""Refusals change what is sent."""

import asyncio
import logging
from decimal import Decimal

import pytest

from connector.core.connection_events import OpeningsPausedEvent, OpeningsResumedEvent
from connector.core.enums import OrderType, PositionAction
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.net.ws_api import Ask
from connector.simulator.access.signatures import KeyKind
from connector.simulator.errors import VenueError
from connector.simulator.server import LocalExchange
from connector.simulator.ws_api.session import Session
from tests.companions.local_trading import PAIR, EventLog, Trader, connect, ready, until
from tests.companions.orders.counted_requests import counted_requests
from tests.companions.orders.keys import new_key

D = Decimal
CODES = {"key_expired": -2015, "key_unknown_2008": -2008, "key_format_2014": -2014, "key_locked_2017": -2017}
CREATE = "POST /fapi/v1/order"
#: So that orders without margin reach the exchange.
UNCHECKED = pytest.mark.parametrize("own_settings", [{"check_budget": False}])


async def quote(connector: PerpetualDerivative, side: str = "buy", amount: str = "0.010") -> None:
    """An order a tenth of a second."""
    price = D(59_000) if side == "buy" else D(61_000)
    getattr(connector, side)(PAIR, D(amount), OrderType.LIMIT, price)
    await asyncio.sleep(0.1)


@UNCHECKED
async def test_what_is_refused_three_times_alike_is_paused_and_probed_once_a_minute(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    with counted_requests(connector) as sent:
        for _ in range(100):
            await quote(connector, amount="90")
        assert sent[CREATE] == 3
        (paused,) = log.of(MarketEvent.OpeningsPaused)
        assert isinstance(paused, OpeningsPausedEvent)
        assert (paused.of, paused.code) == ("the account", -2019)
        assert connector.refusals == {-2019: 3}
        assert list(connector.paused_openings) == ["the account"]
        await asyncio.sleep(60)
        for _ in range(10):
            await quote(connector, amount="90")
        assert sent[CREATE] == 4
        assert len(log.of(MarketEvent.OpeningsPaused)) == 1


@UNCHECKED
async def test_a_probe_that_is_taken_ends_the_pause(connector: PerpetualDerivative, log: EventLog) -> None:
    for _ in range(5):
        await quote(connector, amount="90")
    await asyncio.sleep(61)
    await quote(connector)
    (over,) = log.of(MarketEvent.OpeningsResumed)
    assert isinstance(over, OpeningsResumedEvent)
    assert (over.of, over.code, over.kept) == ("the account", -2019, 2)
    with counted_requests(connector) as sent:
        await quote(connector, "sell")
        assert sent[CREATE] == 1
    assert connector.paused_openings == {}


@pytest.mark.parametrize(
    ("fault", "sides"),
    [
        ("reduce_only_4400", {"buy", "sell"}),
        ("reduce_only_4408", {"buy", "sell"}),
        ("unsigned_4411", {"buy", "sell"}),
        ("control_4105", {"buy", "sell"}),
        ("control_4106", {"buy"}),
        ("control_4107", {"sell"}),
    ],
)
async def test_a_rule_of_the_venue_pauses_at_once_whom_it_binds_and_exits_go_on(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str, sides: set[str]
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    venue.faults.arm(fault, ms=50_000, symbol="BTCUSDT")
    for side in sorted(sides):
        await quote(connector, side)
    with counted_requests(connector) as sent:
        for side in ("buy", "sell"):
            await quote(connector, side)
        assert sent[CREATE] == 2 - len(sides)
        connector.sell(PAIR, D("0.010"), OrderType.MARKET, position_action=PositionAction.CLOSE)
        await log.waits_for(MarketEvent.SellOrderCompleted)


async def test_refusals_that_pass_by_themselves_pause_nothing(connector: PerpetualDerivative, log: EventLog) -> None:
    with counted_requests(connector) as sent:
        for _ in range(5):
            connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(61_000))
            await asyncio.sleep(0.1)
        assert sent[CREATE] == 5
    assert log.of(MarketEvent.OpeningsPaused) == []


async def test_an_agreement_that_is_signed_ends_its_pause_at_the_next_probe(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("unsigned_4411", ms=600_000, symbol="BTCUSDT")
    await quote(connector)
    (paused,) = log.of(MarketEvent.OpeningsPaused)
    assert isinstance(paused, OpeningsPausedEvent)
    assert "sign it: connector agreement sign" in paused.reason
    await connector.venue_api.sign_agreement()
    await asyncio.sleep(60)
    await quote(connector)
    assert len(log.of(MarketEvent.OpeningsResumed)) == 1


@pytest.mark.parametrize("fault", ["key_expired", "key_unknown_2008", "key_format_2014", "key_locked_2017"])
async def test_a_key_that_is_refused_is_tried_ever_more_seldom_and_nothing_opens_until_it_is_taken(
    venue: LocalExchange, trader: Trader, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    sender, signer = new_key(venue, KeyKind.ED25519)
    connector = connect(venue, signer=signer)
    await ready(connector)
    log, gateway = EventLog(connector), connector.components.gateway
    tries = list[int]()
    greet = gateway.greet

    async def counting(ask: Ask) -> bool:
        tries.append(connector.components.clock.monotonic_ms())
        return await greet(ask)

    monkeypatch.setattr(gateway, "greet", counting)
    venue.faults.arm(fault, ms=400_000, api_key=sender.api_key)
    venue.faults.arm("cut_sockets")
    with caplog.at_level(logging.WARNING, "connector"):
        # The gate shuts at the first refusal; what is paused for refused logons comes beside it.
        await log.waits_for(MarketEvent.OpeningsPaused, 2)
        shut, paused = log.of(MarketEvent.OpeningsPaused)
        assert isinstance(shut, OpeningsPausedEvent)
        assert isinstance(paused, OpeningsPausedEvent)
        assert f"does not take the key: [{CODES[fault]}]" in shut.reason
        assert (paused.of, paused.code) == ("the account", CODES[fault])
        await asyncio.sleep(200)
        late = len(tries)
        await asyncio.sleep(150)
    assert len(tries) - late <= 2 * 150 / 30 + 2, "each of the two connections tries once in half a minute at most"
    told = [row.name for row in caplog.records if str(paused.code) in row.getMessage()]
    assert told.count("connector.net.ws_api") == 2, "once by each connection"
    assert told.count("connector.exchange.orders.refusals") == 1
    await asyncio.sleep(120)
    await log.waits_for(MarketEvent.OpeningsResumed, 2)
    assert connector.paused_openings == {}
    assert connector.openings_stopped == ""
    await until(lambda: connector.ready and not connector.order_way()[1], "as before", within_s=60)
    await quote(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    await connector.stop_network()


async def test_a_key_that_trades_and_may_not_log_on_opens_after_one_probe_and_is_not_paused_again(
    venue: LocalExchange, trader: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(*request: object) -> object:
        raise VenueError(-2015, "127.0.0.1")

    _, signer = new_key(venue, KeyKind.ED25519)
    monkeypatch.setattr(Session, "_logon", refusing)
    connector = connect(venue, signer=signer)
    log = EventLog(connector)
    await connector.start_network()
    await log.waits_for(MarketEvent.OpeningsPaused)
    await until(lambda: connector.ready, "ready by REST", within_s=30)
    await asyncio.sleep(61)
    await quote(connector)
    await log.waits_for(MarketEvent.OpeningsResumed)
    await asyncio.sleep(600)
    await quote(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    assert len(log.of(MarketEvent.OpeningsPaused)) == 1
    await connector.stop_network()
