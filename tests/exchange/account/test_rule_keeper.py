"""Trading rules are true, however they change."""

import asyncio
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from connector.core.connection_events import TradingStatusEvent
from connector.core.enums import TradeType
from connector.core.event_tags import MarketEvent
from connector.core.secrets import Secret
from connector.exchange.assemble import assemble
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.network.start import read_start
from connector.net.sign import HmacSigner
from connector.simulator.server import LocalExchange
from connector.venue import endpoints
from connector.venue.domains import LOCAL
from connector.wire.contract_news import ContractNews
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, connect, ready, until
from tests.companions.orders.counted_requests import counted_requests
from tests.companions.virtual_time import loop_clock

LIST = "GET /fapi/v1/exchangeInfo"


def told(log: EventLog) -> list[str]:
    events = log.of(MarketEvent.TradingStatus)
    return [event.reason for event in events if isinstance(event, TradingStatusEvent)]


async def test_a_change_that_the_exchange_tells_holds_at_once_and_the_list_is_read(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    with counted_requests(connector) as sent:
        venue.act(lambda engine, now_ms: engine.set_status(SYMBOL, "TRADING_HALT"))
        await until(lambda: not connector.trading_rules[PAIR].is_trading, "known", within_s=1)
        await until(lambda: sent[LIST] > 0, "read", within_s=6)
    venue.act(lambda engine, now_ms: engine.set_status(SYMBOL, "TRADING"))
    await until(lambda: connector.trading_rules[PAIR].is_trading, "known", within_s=1)
    assert told(log) == [
        "BTC-USDT does not trade (TRADING_HALT): no orders until it does",
        "BTC-USDT trades again",
    ]


async def test_while_nobody_tells_of_changes_the_list_is_read_every_minute(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("silent_stream", ms=600_000, stream="!contractInfo")
    connector.components.rule_keeper.hears_changes = False
    venue.act(lambda engine, now_ms: engine.set_status(SYMBOL, "TRADING_HALT"))
    await until(lambda: not connector.trading_rules[PAIR].is_trading, "known", within_s=62)
    venue.act(lambda engine, now_ms: engine.set_status(SYMBOL, "TRADING"))
    await until(lambda: connector.trading_rules[PAIR].is_trading, "known", within_s=17)
    assert len(told(log)) == 2


async def test_a_connection_that_comes_back_asks_for_what_it_missed(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    await asyncio.sleep(20)
    with counted_requests(connector) as sent:
        venue.faults.arm("cut_sockets")
        await until(lambda: sent[LIST] > 0, "read", within_s=10)
    assert connector.components.rule_keeper.hears_changes


async def test_the_list_is_read_once_an_hour_where_nothing_happens(connector: PerpetualDerivative) -> None:
    with counted_requests(connector) as sent:
        await asyncio.sleep(3_000)
        assert sent[LIST] == 0
        await asyncio.sleep(700)
        assert sent[LIST] == 1


async def test_a_control_is_told_with_its_side_and_its_end_without_a_refusal(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("control_4105", ms=600_000, symbol=SYMBOL)
    connector.components.rule_keeper.read_soon()
    await until(lambda: connector.trading_rules[PAIR].reduce_only_sides == tuple(TradeType), "known")
    venue.faults.arm("control_4105", times=0)
    await until(lambda: connector.trading_rules[PAIR].reduce_only_sides == (), "known", within_s=62)
    assert told(log) == [
        "BTC-USDT takes no opening buys and no opening sells (POSITION_RISK_CONTROL); exits go on",
        "BTC-USDT takes opening orders of both sides again (POSITION_RISK_CONTROL)",
    ]


async def test_a_settlement_is_told_once_by_whatever_words(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    for status in ("PRE_SETTLE", "SETTLING", "CLOSE"):
        venue.faults.arm("contract_status", symbol=SYMBOL, status=status, contract_type="PERPETUAL_DELIVERING")
        await until(lambda status=status: connector.trading_rules[PAIR].status == status, status)
    assert told(log) == [
        "BTC-USDT is being settled (PRE_SETTLE): no more orders; the exchange itself closes what is held"
    ]


async def test_a_pair_that_vanished_from_the_list_trades_no_more_until_it_is_back(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm(
        "altered_answer", method="GET", path="/fapi/v1/exchangeInfo", field="symbols.symbol", value='"GONEUSDT"'
    )
    await connector.components.rule_keeper.read()
    assert connector.trading_rules[PAIR].status == "NOT_LISTED"
    await until(lambda: connector.trading_rules[PAIR].is_trading, "listed again", within_s=62)
    assert told(log) == ["BTC-USDT does not trade (NOT_LISTED): no orders until it does", "BTC-USDT trades again"]


@pytest.mark.parametrize("fault", ["odd_contracts", "a list that is none"])
async def test_a_list_with_odd_rows_or_none_at_all_spoils_nothing(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str
) -> None:
    known = connector.trading_rules[PAIR]
    if fault == "odd_contracts":
        venue.faults.arm(fault)
    else:
        path = "/fapi/v1/exchangeInfo"
        venue.faults.arm("altered_answer", method="GET", path=path, field="symbols", value="[]")
    connector.components.rule_keeper.read_soon()
    await asyncio.sleep(5)
    assert connector.trading_rules[PAIR] == known
    assert connector.ready
    assert told(log) == []


async def test_what_is_told_of_contracts_that_are_not_traded_changes_nothing(connector: PerpetualDerivative) -> None:
    known = dict(connector.trading_rules)
    connector.components.rule_keeper.take(ContractNews("ETHUSDT", "PERPETUAL", "CLOSE", False, 1))
    assert connector.trading_rules == known


async def test_a_pair_that_is_controlled_from_the_start_is_told(venue: LocalExchange, trader: Trader) -> None:
    venue.act(lambda engine, now_ms: engine.set_control_side(SYMBOL, "SELL"))
    connector = connect(venue)
    log = EventLog(connector)
    await ready(connector)
    assert told(log) == ["BTC-USDT takes no opening sells (POSITION_RISK_CONTROL); exits go on"]
    await connector.stop_network()


async def test_a_rule_that_is_finer_than_known_is_taken_whole(connector: PerpetualDerivative) -> None:
    known = connector.trading_rules[PAIR]
    connector.components.pair_rules.put(replace(known, tick_size=known.tick_size * 10, max_orders=1))
    await connector.components.rule_keeper.read()
    assert connector.trading_rules[PAIR] == known


async def test_a_reading_that_fails_is_tried_again(
    connector: PerpetualDerivative, venue: LocalExchange, caplog: pytest.LogCaptureFixture
) -> None:
    await asyncio.sleep(10)
    venue.act(lambda engine, now_ms: engine.set_control_side(SYMBOL, "BUY"))
    venue.faults.arm("service_unavailable", method="GET", path="/fapi/v1/exchangeInfo", times=10)
    connector.components.rule_keeper.read_soon()
    await until(lambda: "reading the trading rules" in caplog.text, "it failed", within_s=20)
    venue.faults.arm("service_unavailable", times=0)
    await until(lambda: connector.trading_rules[PAIR].reduce_only_sides != (), "read", within_s=15)


async def test_a_list_that_is_older_than_what_was_told_does_not_undo_it(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    rows = await listed_rows(connector)
    venue.act(lambda engine, now_ms: engine.set_status(SYMBOL, "TRADING_HALT"))
    await until(lambda: not connector.trading_rules[PAIR].is_trading, "known")
    for _ in range(3):
        arm_rows(venue, [rows["BTCUSDT"]])
        await connector.components.rule_keeper.read()
        assert connector.trading_rules[PAIR].status == "TRADING_HALT"
    assert len(told(log)) == 1


async def test_a_stream_of_rubbish_has_the_list_read_at_a_pace(connector: PerpetualDerivative) -> None:
    await asyncio.sleep(10)
    with counted_requests(connector) as sent:
        for _ in range(200):
            connector.components.contract_info.on_frame(b"{", 1)
            await asyncio.sleep(0.1)
        assert 3 <= sent[LIST] <= 5


async def listed_rows(connector: PerpetualDerivative) -> dict[str, dict[str, Any]]:
    rows = json.loads(await connector.components.gateway.call(endpoints.EXCHANGE_INFO))["symbols"]
    return {row["symbol"]: row for row in rows}


def arm_rows(venue: LocalExchange, rows: list[Any]) -> None:
    """The next list has these rows."""
    path, value = "/fapi/v1/exchangeInfo", json.dumps(rows)
    venue.faults.arm("altered_answer", method="GET", path=path, field="symbols", value=value)


async def test_of_three_pairs_one_vanishes_one_has_a_new_tick_and_a_foreign_row_is_nonsense(
    venue: LocalExchange, trader: Trader, caplog: pytest.LogCaptureFixture
) -> None:
    pairs = ("BTC-USDT", "ETH-USDT", "SOL-USDT")
    domain = LOCAL.at(venue.rest, venue.stream, venue.ws_api)
    signer = HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
    connector = assemble(domain, signer, pairs, "test01", loop_clock())
    await read_start(connector.components)
    known = dict(connector.trading_rules)
    rows = await listed_rows(connector)
    price = next(entry for entry in rows["SOLUSDT"]["filters"] if entry["filterType"] == "PRICE_FILTER")
    price["tickSize"] = "0.0500"
    for odd in ({"filters": None}, {"marginAsset": None}, {"filters": [{"filterType": "LOT_SIZE", "stepSize": ""}]}):
        arm_rows(venue, [rows["XRPUSDT"] | odd, rows["ETHUSDT"], None, rows["SOLUSDT"]])
        await connector.components.rule_keeper.read()
        rules = connector.trading_rules
        assert [rules[pair].status for pair in pairs] == ["NOT_LISTED", "TRADING", "TRADING"]
        assert rules["ETH-USDT"] == known["ETH-USDT"]
        assert rules["SOL-USDT"] == replace(known["SOL-USDT"], tick_size=Decimal("0.05"))
        assert "row of XRP-USDT is left out" in caplog.text
    await connector.components.rule_keeper.read()
    assert connector.trading_rules == known
    await connector.stop_network()


@pytest.mark.parametrize("odd", [{"filters": None}, {"marginAsset": None}, {"contractType": 7}])
async def test_a_start_is_not_ended_by_a_row_of_another(
    venue: LocalExchange, trader: Trader, connector: PerpetualDerivative, odd: dict[str, object]
) -> None:
    rows = await listed_rows(connector)
    other = connect(venue, "test02")
    arm_rows(venue, [rows["XRPUSDT"] | odd, rows["BTCUSDT"]])
    await read_start(other.components)
    assert other.trading_rules[PAIR].is_trading
    await other.stop_network()
