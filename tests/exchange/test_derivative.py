"""The connector, on the real local exchange over real sockets."""

from decimal import Decimal

import pytest

from connector.core.amounts import NAN
from connector.core.enums import OrderType, PositionAction, PositionMode, PriceType, StreamKind, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.events import OrderCreatedEvent, OrderFilledEvent
from connector.core.faults import ConfigFault, UnavailableFault
from connector.core.interface import MarketDataView
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, connect, until

D = Decimal


async def test_a_post_only_order_is_created_rests_and_is_cancelled(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    name = connector.buy(PAIR, D("0.0023"), OrderType.LIMIT_MAKER, D("59989.97"))
    created = await log.waits_for(MarketEvent.BuyOrderCreated)
    assert isinstance(created, OrderCreatedEvent)
    assert (created.order_id, created.amount, created.price) == (name, D("0.002"), D("59989.9"))
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    assert log.tags() == ["BuyOrderCreated", "OrderCancelled"]
    assert connector.in_flight_orders == {}


async def test_a_fill_is_heard_with_the_exchanges_own_fee(
    connector: PerpetualDerivative, log: EventLog, trader: Trader
) -> None:
    connector.sell(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D("60005"))
    await log.waits_for(MarketEvent.SellOrderCreated)
    trader.take(BUY, "0.004")
    filled = await log.waits_for(MarketEvent.OrderFilled)
    assert isinstance(filled, OrderFilledEvent)
    assert (filled.amount, filled.price, filled.is_maker) == (D("0.004"), D(60005), True)
    assert filled.trade_fee.flat_fees[0].amount == D("0.004") * 60005 * D("0.0002")
    trader.take(BUY, "0.006")
    await log.waits_for(MarketEvent.SellOrderCompleted)
    assert connector.account_positions[PAIR].amount == D("-0.010")
    assert connector.get_price_by_type(PAIR, PriceType.LastOwnTrade) == 60005


async def test_a_pairs_listener_hears_of_each_trade_with_its_side_and_the_touch_at_that_moment(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    market, heard = connector.get_market_data(PAIR), []

    def on_change(changed: MarketDataView) -> None:
        if changed.last_change is StreamKind.TRADE:
            trade = changed.trades[-1]
            heard.append((trade.trade_type, trade.price, trade.amount, changed.book.top[0] < changed.book.top[2]))

    market.add_listener(on_change)
    taker = Trader(venue)
    taker.take(BUY, "0.004")
    taker.take(SELL, "0.005")
    await until(lambda: len(heard) == 2, "both trades")
    assert heard == [(TradeType.BUY, 60_010, D("0.004"), True), (TradeType.SELL, 59_990, D("0.005"), True)]
    market.remove_listener(on_change)
    taker.take(BUY, "0.004")
    await until(lambda: len(market.trades) == 3, "a third one")
    assert len(heard) == 2


async def test_a_market_order_takes_and_a_close_reduces(connector: PerpetualDerivative, log: EventLog) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    connector.sell(PAIR, D("0.010"), OrderType.MARKET, position_action=PositionAction.CLOSE)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await until(lambda: PAIR not in connector.account_positions, "a flat position is no position")


async def test_post_only_that_would_take_fails_and_never_lived(connector: PerpetualDerivative, log: EventLog) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D("60010.3"))
    failure = await log.waits_for(MarketEvent.OrderFailure)
    assert "post-only would take" in str(getattr(failure, "fault", ""))
    assert log.tags() == ["OrderFailure"]


async def test_an_order_that_breaks_a_rule_is_refused_here_with_the_rules_name(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.0004"), OrderType.LIMIT, D(60_000))
    failure = await log.waits_for(MarketEvent.OrderFailure)
    assert "LOT_SIZE" in str(getattr(failure, "fault", ""))


async def test_available_balance_falls_with_the_order_and_rises_with_its_cancel(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    before = connector.get_available_balance("USDT")
    name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    assert connector.get_available_balance("USDT") < before, "held before any byte leaves"
    await log.waits_for(MarketEvent.BuyOrderCreated)
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    assert connector.get_available_balance("USDT") == before
    assert connector.get_balance("USDT") == 10_000


async def test_leverage_and_mode_are_set_and_read_back(connector: PerpetualDerivative, log: EventLog) -> None:
    await connector.set_leverage(PAIR, 25)
    assert connector.get_leverage(PAIR) == 25
    await log.waits_for(MarketEvent.LeverageConfirmed)
    await connector.set_position_mode(PositionMode.HEDGE)
    await connector.set_position_mode(PositionMode.HEDGE)
    assert connector.position_mode is PositionMode.HEDGE
    assert connector.ready


async def test_hedge_mode_keeps_long_and_short_apart(connector: PerpetualDerivative, log: EventLog) -> None:
    await connector.set_position_mode(PositionMode.HEDGE)
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    connector.sell(PAIR, D("0.004"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    amounts = {key: row.amount for key, row in connector.account_positions.items()}
    assert amounts == {f"{PAIR}LONG": D("0.010"), f"{PAIR}SHORT": D("-0.004")}
    connector.sell(PAIR, D("0.010"), OrderType.MARKET, position_action=PositionAction.CLOSE)
    await log.waits_for(MarketEvent.SellOrderCompleted, 2)
    await until(lambda: list(connector.account_positions) == [f"{PAIR}SHORT"], "the long one is closed")


async def test_a_leverage_that_the_exchange_refuses_is_a_setting_that_is_wrong(connector: PerpetualDerivative) -> None:
    with pytest.raises(ConfigFault, match="leverage: 126"):
        await connector.set_leverage(PAIR, 126)


async def test_cancel_all_ends_when_the_exchange_has_confirmed_each(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    for step in range(5):
        connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000 + step))
    results = await connector.cancel_all(10)
    assert len(results) == 5
    assert all(result.success for result in results)
    open_orders = await connector.components.api.open_orders(SYMBOL)
    assert open_orders == ()


async def test_prices_are_those_of_the_book(
    connector: PerpetualDerivative, trader: Trader, venue: LocalExchange
) -> None:
    assert (connector.get_price(PAIR, True), connector.get_price(PAIR, False)) == (60_010, 59_990)
    assert connector.get_mid_price(PAIR) == 60_000
    assert connector.get_price_by_type(PAIR, PriceType.BestBid) == 59_990
    assert connector.get_price_by_type(PAIR, PriceType.LastTrade).is_nan()
    trader.quote(BUY, "59995", "0.5")
    await until(lambda: connector.get_price(PAIR, False) == 59_995, "the new best bid")
    await until(lambda: connector.get_order_book(PAIR).best_bid == (59_995, D("0.5")), "the depth of it")
    Trader(venue).take(SELL, "0.1")
    await until(lambda: connector.get_price_by_type(PAIR, PriceType.LastTrade) == 59_995, "the public trade")


async def test_funding_is_known_and_counts_down(connector: PerpetualDerivative) -> None:
    info = connector.get_funding_info(PAIR)
    assert info.mark_price > 0
    now_s = connector.components.gateway.venue_ms() / 1000
    assert 3_500 < info.seconds_to_funding(now_s) <= 3_600


async def test_what_a_bot_keeps_over_a_restart_finds_its_order_again(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    saved = connector.tracking_states
    await connector.stop_network()
    second = connect(venue, tag="test02")
    try:
        await second.start_network()
        second.restore_tracking_states(saved)
        await until(lambda: second.ready, "ready")
        assert list(second.in_flight_orders) == [name]
        assert (await second.cancel_all(10))[0].success
    finally:
        await second.stop_network()


async def test_nothing_is_sent_before_the_connector_is_started(venue: LocalExchange) -> None:
    fresh = connect(venue)
    assert not fresh.ready
    assert await fresh.check_network()
    with pytest.raises(UnavailableFault, match="not started"):
        fresh.buy(PAIR, D(1), OrderType.MARKET)
    await fresh.stop_network()


async def test_a_limit_order_without_a_price_is_a_mistake_of_the_caller(connector: PerpetualDerivative) -> None:
    with pytest.raises(ValueError, match="price"):
        connector.buy(PAIR, D(1), OrderType.LIMIT, NAN)
    assert connector.in_flight_orders == {}


async def test_a_pair_that_is_not_listed_ends_the_start(venue: LocalExchange) -> None:
    from connector.core.secrets import Secret
    from connector.exchange.assemble import assemble
    from connector.net.sign import HmacSigner
    from connector.venue.domains import LOCAL
    from tests.companions.virtual_time import loop_clock

    signer = HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
    domain = LOCAL.at(venue.rest, venue.stream, venue.ws_api)
    stranger = assemble(domain, signer, ("XYZ-USDT",), "test01", loop_clock())
    with pytest.raises(ConfigFault, match="market: XYZ-USDT"):
        await stranger.start_network()
    await stranger.stop_network()


async def test_an_order_after_the_stop_is_refused(connector: PerpetualDerivative) -> None:
    await connector.stop_network()
    with pytest.raises(UnavailableFault):
        connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    assert not connector.ready


async def test_after_the_stop_no_socket_feeds_the_book(connector: PerpetualDerivative, trader: Trader) -> None:
    components = connector.components
    streams = (components.streams.books.stream, components.streams.mark_trades.stream, components.user.stream)
    await connector.stop_network()
    frames = [stream.counters.frames for stream in streams]
    other = connect_again(connector)
    await other.start_network()
    await until(lambda: other.components.streams.mark_trades.stream.counters.frames >= 2, "two mark prices")
    await other.stop_network()
    assert [stream.counters.frames for stream in streams] == frames


async def test_cancel_all_asks_for_each_order_once_a_second_at_the_most(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    await connector.components.funding_history.catch_up()
    venue.faults.arm("service_unavailable", times=1_000, method="DELETE")
    before = connector.limit_use()[0].used
    (result,) = await connector.cancel_all(2.5)
    assert not result.success
    assert connector.limit_use()[0].used - before <= 20
    venue.faults.arm("service_unavailable", times=0)
    (result,) = await connector.cancel_all(5)
    assert result.success


def connect_again(connector: PerpetualDerivative) -> PerpetualDerivative:
    from connector.exchange.assemble import assemble
    from tests.companions.virtual_time import loop_clock

    gateway = connector.components.gateway
    assert gateway._spelling.signer is not None
    return assemble(gateway.domain, gateway._spelling.signer, (PAIR,), "again", loop_clock())
