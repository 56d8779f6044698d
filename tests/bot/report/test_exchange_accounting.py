"""The exchange's books, asked from a real one, beside the bot's."""

import asyncio
from decimal import Decimal

import pytest

from connector.bot.report.accounting import Accounting, FundingLine
from connector.bot.report.exchange_accounting import ExchangeAccounting
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.engine import Engine
from connector.simulator.fixed_point import to_e8
from connector.simulator.server import LocalExchange
from connector.venue import endpoints
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, until

pytestmark = pytest.mark.virtual_time

D = Decimal


@pytest.fixture
def books(connector: PerpetualDerivative) -> Accounting:
    made = Accounting(PAIR)
    for tag in Accounting.TAGS:
        connector.add_listener(tag, made.on_event)
    return made


@pytest.fixture
async def theirs(connector: PerpetualDerivative, books: Accounting) -> ExchangeAccounting:
    made = ExchangeAccounting(connector.components.api, SYMBOL, "USDT", lambda name: name.startswith("test01-"))
    await made.open(connector.components.gateway.venue_ms())
    books.open("USDT", made.figures.wallet_start, made.figures.position)
    return made


def settle(venue: LocalExchange) -> None:
    venue.act(lambda engine, now_ms: [
        engine.settle_funding(listing, now_ms, now_ms) for listing in engine.listings.values()
    ])  # fmt: skip


async def trade(connector: PerpetualDerivative, log: EventLog) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    connector.sell(PAIR, D("0.004"), OrderType.MARKET)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)


async def test_both_columns_are_equal_and_nothing_is_left_over(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, books: Accounting, theirs: ExchangeAccounting
) -> None:
    await trade(connector, log)
    settle(venue)
    await log.waits_for(MarketEvent.FundingPaymentCompleted)
    await theirs.read()
    assert theirs.differences(books) == []
    assert theirs.residuals(books) == {"USDT": 0}
    mine = books.close(0)
    for name in ("placed", "cancelled", "fills", "buys", "sells", "notional", "fees", "funding", "realized_pnl",
                 "wallet_start", "wallet_end", "position"):  # fmt: skip
        assert getattr(mine, name) == getattr(theirs.figures, name), name
    assert (mine.placed, mine.cancelled, mine.fills) == (3, 1, 2)
    assert mine.funding != 0


@pytest.mark.parametrize("path", ["userTrades", "allOrders", "openOrders", "income"])
async def test_a_reading_that_was_broken_off_loses_no_line(
    connector: PerpetualDerivative,
    venue: LocalExchange,
    log: EventLog,
    books: Accounting,
    theirs: ExchangeAccounting,
    path: str,
) -> None:
    """A run that ends while its books are being read reads them again."""
    await trade(connector, log)
    settle(venue)
    await log.waits_for(MarketEvent.FundingPaymentCompleted)
    venue.faults.arm("slow_answer", times=1, ms=5_000, method="GET", path=f"/fapi/v1/{path}")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await theirs.read()
    await theirs.read()
    assert theirs.differences(books) == []
    assert theirs.residuals(books) == {"USDT": 0}


async def test_reading_on_counts_nothing_twice(
    connector: PerpetualDerivative, log: EventLog, books: Accounting, theirs: ExchangeAccounting
) -> None:
    await trade(connector, log)
    await theirs.read()
    theirs.match(books)
    assert (books.unmatched_trades, theirs.unmatched_trades) == ({}, {}), "what both have is dropped"
    await theirs.read()
    assert (theirs.figures.placed, theirs.figures.fills) == (3, 2)
    assert theirs.differences(books) == []


async def test_ids_that_fall_during_a_run_leave_both_columns_equal(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, books: Accounting, theirs: ExchangeAccounting
) -> None:
    resting = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(58_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    for lap in range(3):
        before = {tag: len(log.of(tag)) for tag in MarketEvent}
        connector.buy(PAIR, D("0.010"), OrderType.MARKET)
        await log.waits_for(MarketEvent.BuyOrderCompleted, before[MarketEvent.BuyOrderCompleted] + 1)
        name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
        await log.waits_for(MarketEvent.BuyOrderCreated, before[MarketEvent.BuyOrderCreated] + 2)
        await theirs.read()
        connector.cancel(PAIR, name)
        await log.waits_for(MarketEvent.OrderCancelled, lap + 1)
        await theirs.read()
        venue.faults.arm("ids_fall")
    connector.cancel(PAIR, resting)
    await log.waits_for(MarketEvent.OrderCancelled, 4)
    await theirs.read()
    assert theirs.differences(books) == []
    mine = books.close(0)
    for figure in ("placed", "cancelled", "fills", "notional", "fees", "position"):
        assert getattr(mine, figure) == getattr(theirs.figures, figure), figure
    assert (mine.placed, mine.cancelled, theirs.foreign.trades) == (7, 4, 0)


async def test_a_trade_that_the_bot_missed_is_named(
    connector: PerpetualDerivative, log: EventLog, books: Accounting, theirs: ExchangeAccounting
) -> None:
    connector.remove_listener(MarketEvent.OrderFilled, books.on_event)
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    filled = await log.waits_for(MarketEvent.OrderFilled)
    await theirs.read()
    trade_id = getattr(filled, "exchange_trade_id", "")
    assert theirs.differences(books) == [f"trade {trade_id} is in the exchange's books only"]
    assert theirs.residuals(books) == {"USDT": -D("0.010") * 60_010 * D("0.0005")}


async def test_a_settlement_that_the_bot_missed_is_named_by_its_income_id(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, books: Accounting, theirs: ExchangeAccounting
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    connector.remove_listener(MarketEvent.FundingPaymentCompleted, books.on_event)
    settle(venue)
    await log.waits_for(MarketEvent.FundingPaymentCompleted)
    await theirs.read()
    (line,) = theirs.differences(books)
    ((_, income_id),) = theirs.unmatched_funding
    assert line.startswith(f"income {income_id}: funding ")
    assert line.endswith("in the exchange's books only")


async def test_a_payment_that_only_the_bot_has_is_named(books: Accounting, theirs: ExchangeAccounting) -> None:
    books.unmatched_funding[False, "77"] = FundingLine("77", D("0.5"), "USDT", 1_000)
    assert theirs.differences(books) == ["income 77: funding 0.5 USDT is so in the bot's books only"]


async def test_transfers_and_trades_by_another_hand_are_foreign_and_explain_the_wallet(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, books: Accounting, theirs: ExchangeAccounting
) -> None:
    venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, 500 * 10**8, now_ms))
    order = {"symbol": SYMBOL, "side": "BUY", "type": "MARKET", "quantity": "0.005", "newClientOrderId": "by-hand"}
    await connector.components.gateway.call(endpoints.PLACE_ORDER, order)
    await trade(connector, log)
    await until(lambda: connector.get_balance("USDT") > 10_400, "the transfer")
    await theirs.read()
    assert theirs.differences(books) == []
    assert theirs.residuals(books) == {"USDT": 0}
    assert (theirs.foreign.trades, theirs.foreign.position) == (1, D("0.005"))
    assert theirs.foreign.lines["USDT", "TRANSFER"] == 500
    assert theirs.figures.fills == 2


async def test_an_order_left_open_is_counted(
    connector: PerpetualDerivative, log: EventLog, books: Accounting, theirs: ExchangeAccounting
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    await theirs.read()
    assert (theirs.figures.placed, theirs.figures.open_at_end) == (1, 1)


def gives(venue: LocalExchange, amount: str, asset: str = "BNB") -> None:
    venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, to_e8(D(amount)), now_ms, asset))


async def test_fees_in_bnb_are_booked_in_bnb_and_leave_no_residual(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, books: Accounting, theirs: ExchangeAccounting
) -> None:
    gives(venue, "1")
    venue.act(lambda engine, _: engine.set_fee_burn(venue.account_id, True))
    await trade(connector, log)
    await theirs.read()
    assert theirs.differences(books) == []
    assert theirs.residuals(books) == {"USDT": 0, "BNB": 0}
    mine = books.close(0)
    assert mine.other_fees == theirs.figures.other_fees
    assert mine.other_fees["BNB"] > 0
    assert (mine.fees, theirs.figures.fees) == (0, 0)
    assert theirs.foreign.lines == {("BNB", "TRANSFER"): 1}


async def test_bnb_that_runs_out_between_two_trades_of_an_order_leaves_no_residual(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, books: Accounting, theirs: ExchangeAccounting
) -> None:
    """The first trade costs some 0.045 BNB: not enough is left for the second one."""
    gives(venue, "0.05")
    venue.act(lambda engine, _: engine.set_fee_burn(venue.account_id, True))
    await connector.set_leverage(PAIR, 20)
    connector.buy(PAIR, D("2"), OrderType.LIMIT, D(60_020))
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    tokens = [event.trade_fee.flat_fees[0].token for event in log.of(MarketEvent.OrderFilled)]  # type: ignore[union-attr]
    assert tokens == ["BNB", "USDT"]
    await theirs.read()
    assert theirs.differences(books) == []
    assert set(theirs.residuals(books).values()) == {0}
    mine = books.close(0)
    assert mine.fees > 0
    assert mine.other_fees["BNB"] > 0


async def test_what_no_line_of_the_account_book_explains_is_told_by_its_asset(
    connector: PerpetualDerivative, venue: LocalExchange, books: Accounting, theirs: ExchangeAccounting
) -> None:
    def slips(engine: Engine, _: int) -> None:
        engine.accounts[venue.account_id].wallets["BNB"] = to_e8(D("0.25"))

    venue.act(slips)
    await theirs.read()
    assert theirs.differences(books) == ["0.25 BNB of the wallet's change stand in no line of the account book"]
    assert theirs.residuals(books) == {"USDT": 0, "BNB": D("0.25")}


async def test_a_liquidation_stands_on_lines_of_its_own(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, books: Accounting, theirs: ExchangeAccounting
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    venue.act(lambda engine, now_ms: engine.force_liquidation(venue.account_id, SYMBOL, now_ms))
    await log.waits_for(MarketEvent.Liquidation)
    await theirs.read()
    assert theirs.residuals(books) == {"USDT": 0}
    assert theirs.differences(books) == []
    assert theirs.foreign.lines["USDT", "LIQUIDATION"] < 0
    assert theirs.foreign.lines["USDT", "LIQUIDATION_CLEARANCE"] < 0
    assert theirs.foreign.position == -D("0.010")


async def test_an_order_that_was_open_at_the_start_is_counted_as_cancelled_by_this_run_and_not_as_placed(
    connector: PerpetualDerivative, log: EventLog, books: Accounting
) -> None:
    """However short before it was made."""
    name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    over = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_001))
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    connector.cancel(PAIR, over)
    await log.waits_for(MarketEvent.OrderCancelled)
    theirs = ExchangeAccounting(connector.components.api, SYMBOL, "USDT", lambda name: name.startswith("test01-"))
    await theirs.open(connector.components.gateway.venue_ms())
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled, 2)
    await theirs.read()
    assert (theirs.figures.placed, theirs.figures.cancelled, theirs.figures.open_at_end) == (0, 1, 0)
