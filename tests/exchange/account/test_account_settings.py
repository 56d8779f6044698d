"""Settings of the account: read first, changed only where they differ, read back, whatever the answer was."""

import asyncio
from decimal import Decimal

import pytest

from connector.core.enums import MarginType, OrderType, PositionAction, PositionMode, PositionSide
from connector.core.event_tags import MarketEvent
from connector.core.faults import ArgumentFault, ConfigFault, ConnectorFault
from connector.exchange import gates
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.instruments import scaled
from connector.simulator.market.orders import BUY, LIMIT, OrderRequest
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, until
from tests.companions.orders.counted_requests import counted_requests

D = Decimal
LEVERAGE, MODE = "/fapi/v1/leverage", "/fapi/v1/positionSide/dual"


async def hold(connector: PerpetualDerivative, log: EventLog, amount: str) -> None:
    connector.buy(PAIR, D(amount), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await until(lambda: bool(connector.account_positions), "held")


async def closes(connector: PerpetualDerivative, log: EventLog, amount: str) -> None:
    """What is held may be closed."""
    connector.sell(PAIR, D(amount), OrderType.MARKET, position_action=PositionAction.CLOSE)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await until(lambda: not connector.account_positions, "closed")


async def trades_on(connector: PerpetualDerivative, log: EventLog) -> None:
    """The gate is open: an order leaves and is taken."""
    assert connector.ready
    taken = len(log.of(MarketEvent.BuyOrderCreated))
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated, taken + 1)


async def test_what_is_set_is_read_back_and_the_gate_holds_again(connector: PerpetualDerivative) -> None:
    await connector.set_leverage(PAIR, 7)
    await connector.set_position_mode(PositionMode.HEDGE)
    assert (connector.get_leverage(PAIR), connector.position_mode) == (7, PositionMode.HEDGE)
    assert connector.ready


async def test_what_is_so_already_is_not_set(connector: PerpetualDerivative) -> None:
    with counted_requests(connector) as sent:
        await connector.set_leverage(PAIR, connector.get_leverage(PAIR))
        await connector.set_position_mode(connector.position_mode)
        await connector.set_margin_type(PAIR, MarginType.CROSSED)
        await connector.set_multi_assets_mode(False)
        await connector.set_fee_burn(False)
    assert [request for request in sent if request.startswith("POST") and "listenKey" not in request] == []


async def test_a_leverage_too_small_for_what_is_held_leaves_it_and_the_gate_as_they_were(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await connector.set_leverage(PAIR, 20)
    await hold(connector, log, "1")
    with pytest.raises(ConfigFault, match=r"leverage: 2: leverage too small for the margin balance \[-2028\]"):
        await connector.set_leverage(PAIR, 2)
    assert connector.get_leverage(PAIR) == venue.engine.accounts[venue.account_id].leverage(SYMBOL) == 20
    await trades_on(connector, log)
    await closes(connector, log, "1")


async def test_a_mode_that_a_position_blocks_stays_and_the_position_is_named(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    await hold(connector, log, "0.010")
    with pytest.raises(ConfigFault, match=r"\[-4068\]; in the way are 1 positions: BTCUSDT 0.01;"):
        await connector.set_position_mode(PositionMode.HEDGE)
    assert connector.position_mode is PositionMode.ONEWAY
    assert connector.account_positions[PAIR].amount == D("0.010"), "nothing is closed"
    await trades_on(connector, log)
    await closes(connector, log, "0.010")


async def test_a_mode_that_an_open_order_blocks_stays_and_the_order_is_named_and_left(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await trades_on(connector, log)
    request = OrderRequest(SYMBOL, BUY, LIMIT, D("0.02"), D(58_000), client_order_id="by-hand")
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, request, now_ms))
    names = rf"BTCUSDT buy 0.01 \({next(iter(connector.in_flight_orders))}\), BTCUSDT buy 0.02 \(by-hand\)"
    with pytest.raises(ConfigFault, match=rf"\[-4067\]; in the way are 2 open orders: {names}; cancel them first"):
        await connector.set_position_mode(PositionMode.HEDGE)
    assert len(venue.engine.accounts[venue.account_id].orders_of(SYMBOL)) == 2, "nobody's is cancelled"
    await trades_on(connector, log)


@pytest.mark.parametrize(
    ("fault", "is_done"),
    [
        ("unknown_but_placed", True),
        ("unknown_not_placed", False),
        ("executed_late", True),
        ("reset_after_execution", True),
        ("timeout_1007", True),
    ],
)
async def test_a_leverage_call_that_is_not_answered_is_read_back_until_it_is_known(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str, is_done: bool
) -> None:
    before, terms = connector.get_leverage(PAIR), {"ms": 2_000} if fault == "executed_late" else {}
    venue.faults.arm(fault, method="POST", path=LEVERAGE, **terms)  # type: ignore[arg-type]
    if is_done:
        await connector.set_leverage(PAIR, 7)
    else:
        with pytest.raises(ConfigFault, match=f"the exchange still has {before}"):
            await connector.set_leverage(PAIR, 7)
    assert connector.get_leverage(PAIR) == (7 if is_done else before)
    assert connector.get_leverage(PAIR) == venue.engine.accounts[venue.account_id].leverage(SYMBOL)
    await trades_on(connector, log)


@pytest.mark.parametrize("fault", ["unknown_but_placed", "executed_late", "unknown_not_placed"])
async def test_a_change_of_mode_that_is_not_answered_is_read_back_until_it_is_known(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str
) -> None:
    terms = {"ms": 3_000} if fault == "executed_late" else {}
    venue.faults.arm(fault, method="POST", path=MODE, **terms)  # type: ignore[arg-type]
    if fault == "unknown_not_placed":
        with pytest.raises(ConfigFault, match="the exchange still has ONEWAY"):
            await connector.set_position_mode(PositionMode.HEDGE)
    else:
        await connector.set_position_mode(PositionMode.HEDGE)
    assert (connector.position_mode is PositionMode.HEDGE) is venue.engine.accounts[venue.account_id].hedge
    await trades_on(connector, log)


async def test_while_nobody_knows_what_is_in_force_the_gate_stays_shut_and_opens_once_it_can_be_read(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("outage", ms=4_000, answer="503")
    with pytest.raises(ConnectorFault) as unknown:
        await connector.set_leverage(PAIR, 9)
    gate = connector.status_report[gates.LEVERAGE]
    assert (gate.holds, gate.last_error) == (False, str(unknown.value))
    await until(lambda: connector.ready, "ready again", within_s=30)
    assert connector.get_leverage(PAIR) == venue.engine.accounts[venue.account_id].leverage(SYMBOL)
    await trades_on(connector, log)


async def test_a_call_that_is_not_waited_for_leaves_no_gate_shut(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("slow_answer", ms=3_000, path=LEVERAGE, method="POST")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await connector.set_leverage(PAIR, 9)
    await until(lambda: connector.ready, "ready again", within_s=20)
    assert connector.get_leverage(PAIR) == venue.engine.accounts[venue.account_id].leverage(SYMBOL)
    await trades_on(connector, log)


async def test_settings_that_are_asked_for_together_go_one_after_the_other(connector: PerpetualDerivative) -> None:
    await asyncio.gather(
        connector.set_leverage(PAIR, 7),
        connector.set_leverage(PAIR, 8),
        connector.set_position_mode(PositionMode.HEDGE),
    )
    assert connector.get_leverage(PAIR) == 8
    assert connector.position_mode is PositionMode.HEDGE
    assert connector.ready


async def test_a_margin_type_is_set_read_back_and_blocked_by_what_is_named(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    assert connector.get_margin_type(PAIR) is MarginType.CROSSED
    await connector.set_margin_type(PAIR, MarginType.ISOLATED)
    assert connector.get_margin_type(PAIR) is MarginType.ISOLATED
    assert SYMBOL in venue.engine.accounts[venue.account_id].isolated
    await hold(connector, log, "0.010")
    with pytest.raises(ConfigFault, match=r"\[-4048\]; in the way are 1 positions: BTCUSDT 0.01"):
        await connector.set_margin_type(PAIR, MarginType.CROSSED)
    assert connector.get_margin_type(PAIR) is MarginType.ISOLATED
    await trades_on(connector, log)
    with pytest.raises(ConfigFault, match=r"\[-4047\]; in the way are 1 open orders: BTCUSDT buy 0.01"):
        await connector.set_margin_type(PAIR, MarginType.CROSSED)
    await trades_on(connector, log)


async def test_the_leverage_of_an_isolated_position_is_not_lowered(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    await connector.set_margin_type(PAIR, MarginType.ISOLATED)
    await hold(connector, log, "0.010")
    before = connector.get_leverage(PAIR)
    with pytest.raises(ConfigFault, match=r"can't be lowered \[-4161\]; in the way are 1 positions"):
        await connector.set_leverage(PAIR, before - 1)
    assert connector.get_leverage(PAIR) == before
    await trades_on(connector, log)


@pytest.mark.parametrize("fault", ["", "unknown_but_placed", "executed_late"])
async def test_isolated_margin_is_given_once_and_taken_back_whatever_the_answer(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str
) -> None:
    await connector.set_margin_type(PAIR, MarginType.ISOLATED)
    await hold(connector, log, "0.010")
    row = connector.components.ledger.positions_of(SYMBOL)[0]
    if fault:
        venue.faults.arm(fault, method="POST", path="/fapi/v1/positionMargin")
    given = await connector.adjust_isolated_margin(PAIR, D(50))
    assert given == row.isolated_wallet + 50
    assert connector.components.ledger.positions_of(SYMBOL)[0].isolated_wallet == given
    assert await connector.adjust_isolated_margin(PAIR, D(-20)) == given - 20


async def test_margin_that_can_be_given_to_nobody_or_is_not_there_is_refused(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    with pytest.raises(ConfigFault, match="has no such position"):
        await connector.adjust_isolated_margin(PAIR, D(50))
    with pytest.raises(ArgumentFault, match=r"position_side: .*is none of oneway mode"):
        await connector.adjust_isolated_margin(PAIR, D(50), PositionSide.LONG)
    with pytest.raises(ArgumentFault, match="amount: "):
        await connector.adjust_isolated_margin(PAIR, D(0))
    await hold(connector, log, "0.010")
    with pytest.raises(ConfigFault, match="has cross margin"):
        await connector.adjust_isolated_margin(PAIR, D(50))
    assert connector.ready


async def test_more_margin_than_there_is_stays_where_it_is(connector: PerpetualDerivative, log: EventLog) -> None:
    await connector.set_margin_type(PAIR, MarginType.ISOLATED)
    await hold(connector, log, "0.010")
    row = connector.components.ledger.positions_of(SYMBOL)[0]
    with pytest.raises(ConfigFault, match=r"amount: 1000000: the cross wallet can't spare so much \[-4050\]"):
        await connector.adjust_isolated_margin(PAIR, D(1_000_000))
    with pytest.raises(ConfigFault, match=r"amount: -1000000: the isolated position can't spare so much \[-4051\]"):
        await connector.adjust_isolated_margin(PAIR, D(-1_000_000))
    assert connector.components.ledger.positions_of(SYMBOL)[0].isolated_wallet == row.isolated_wallet


async def test_multi_assets_mode_is_set_read_back_and_blocked_by_what_is_named(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await connector.set_multi_assets_mode(True)
    assert venue.engine.accounts[venue.account_id].multi_assets
    await connector.set_multi_assets_mode(False)
    await trades_on(connector, log)
    with pytest.raises(ConfigFault, match=r"\[-4170\]; in the way are 1 open orders: BTCUSDT buy 0.01"):
        await connector.set_multi_assets_mode(True)
    await connector.cancel_all(5)
    await connector.set_margin_type(PAIR, MarginType.ISOLATED)
    with pytest.raises(ConfigFault, match=r"\[-4167\]; in the way are 1 isolated symbols: BTCUSDT"):
        await connector.set_multi_assets_mode(True)
    assert not venue.engine.accounts[venue.account_id].multi_assets
    await trades_on(connector, log)


async def test_whether_fees_are_paid_in_bnb_is_set_and_read_back(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    venue.faults.arm("unknown_but_placed", method="POST", path="/fapi/v1/feeBurn")
    await connector.set_fee_burn(True)
    assert venue.engine.accounts[venue.account_id].burns_bnb
    await connector.set_fee_burn(False)
    assert not venue.engine.accounts[venue.account_id].burns_bnb


@pytest.mark.parametrize(
    ("call", "argument"),
    [("set_leverage", "5"), ("set_margin_type", "ISOLATED")],
)
async def test_what_is_no_such_setting_is_refused_before_anything_is_asked(
    connector: PerpetualDerivative, call: str, argument: str
) -> None:
    with pytest.raises(ArgumentFault):
        await getattr(connector, call)(PAIR, argument)
    for flag in ("set_multi_assets_mode", "set_fee_burn"):
        with pytest.raises(ArgumentFault, match="neither True nor False"):
            await getattr(connector, flag)("yes")
    assert connector.ready


async def test_a_leverage_that_the_brackets_do_not_allow_is_refused_before_anything_is_set(
    connector: PerpetualDerivative,
) -> None:
    with pytest.raises(ConfigFault, match="leverage: 126: the highest bracket of BTC-USDT allows"):
        await connector.check_leverage(PAIR, 126, Decimal(0))
    assert connector.ready


@pytest.mark.parametrize("is_told", [True, False])
async def test_brackets_that_change_are_believed_at_once_or_within_a_minute(
    connector: PerpetualDerivative, venue: LocalExchange, is_told: bool
) -> None:
    await connector.set_leverage(PAIR, 10)
    known = connector.components.ledger.max_notional(SYMBOL)
    assert known is not None
    if not is_told:
        venue.faults.arm("silent_stream", ms=600_000, stream="!contractInfo")
    table = scaled(venue.engine.listing(SYMBOL).instrument.brackets, D("0.01"))
    venue.act(lambda engine, now_ms: engine.change_brackets(SYMBOL, table, now_ms))
    within_s = 3 if is_told else 62
    await until(
        lambda: connector.components.ledger.max_notional(SYMBOL) == known / 100, "the new brackets hold", within_s
    )


async def test_the_first_refusal_for_the_brackets_has_them_read_again(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("silent_stream", ms=600_000, stream="!contractInfo")
    await connector.set_leverage(PAIR, 100)
    known = connector.components.ledger.max_notional(SYMBOL)
    assert known is not None
    table = scaled(venue.engine.listing(SYMBOL).instrument.brackets, D("0.01"))
    venue.act(lambda engine, now_ms: engine.change_brackets(SYMBOL, table, now_ms))
    connector.buy(PAIR, D("1"), OrderType.LIMIT, D(59_000))
    await log.waits_for(MarketEvent.OrderFailure)
    assert connector.refusals == {-2027: 1}
    await until(lambda: connector.components.ledger.max_notional(SYMBOL) == known / 100, "read again", within_s=3)


async def test_a_leverage_that_brackets_changed_in_flight_forbid_is_not_set_and_what_holds_is_known(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await connector.set_leverage(PAIR, 20)
    await hold(connector, log, "1")
    venue.faults.arm("executed_late", method="POST", path=LEVERAGE, ms=2_000)
    setting = asyncio.create_task(connector.set_leverage(PAIR, 100))
    await asyncio.sleep(1)
    table = scaled(venue.engine.listing(SYMBOL).instrument.brackets, D("0.01"))
    venue.act(lambda engine, now_ms: engine.change_brackets(SYMBOL, table, now_ms))
    with pytest.raises(ConfigFault, match="the exchange still has 20"):
        await setting
    assert connector.get_leverage(PAIR) == venue.engine.accounts[venue.account_id].leverage(SYMBOL) == 20
    cap = venue.engine.listing(SYMBOL).instrument.cap_at(20)
    await until(lambda: connector.components.ledger.max_notional(SYMBOL) == cap, "the new brackets hold")
    assert connector.ready


async def test_a_leverage_that_another_hand_sets_is_known_with_what_it_allows(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    venue.act(lambda engine, now_ms: engine.set_leverage(venue.account_id, SYMBOL, 100, now_ms))
    cap = venue.engine.listing(SYMBOL).instrument.cap_at(100)
    await until(lambda: connector.components.ledger.max_notional(SYMBOL) == cap, "read again", within_s=3)
    assert connector.get_leverage(PAIR) == 100
