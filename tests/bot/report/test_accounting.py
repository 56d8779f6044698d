"""The bot's own books."""

from decimal import Decimal

from connector.bot.report.accounting import MOST_UNVALUED, Accounting, TradeLine
from connector.core.enums import OrderType, TradeType
from connector.core.events import (
    BuyOrderCreatedEvent,
    FundingPaymentCompletedEvent,
    MarketOrderFailureEvent,
    OrderCancelledEvent,
    OrderFilledEvent,
)
from connector.core.faults import Blame, Fate, Fault, FaultRule, Retry
from connector.core.trade_fee import TokenAmount, TradeFee

D = Decimal
PAIR = "BTC-USDT"


def fill(
    trade_id: str, side: TradeType, amount: str, fee: str, pnl: str = "0", pair: str = PAIR, token: str = "USDT"
) -> OrderFilledEvent:
    fees = TradeFee((TokenAmount(token, D(fee)),))
    return OrderFilledEvent(
        1.0, "a", pair, side, OrderType.LIMIT, D(60_000), D(amount), fees, trade_id, realized_pnl=D(pnl)
    )


def test_the_wallet_is_what_trades_fees_and_funding_make_of_it() -> None:
    books = Accounting(PAIR)
    books.open("USDT", D(10_000), D("0.001"))
    books.on_event(fill("1", TradeType.BUY, "0.002", "0.024"))
    books.on_event(fill("2", TradeType.SELL, "0.003", "0.036", "1.5"))
    books.on_event(FundingPaymentCompletedEvent(12.0, "x", PAIR, D("-0.01"), D("0.0001"), "USDT", "7"))
    figures = books.close(open_orders=1)
    assert figures.wallet_end == D(10_000) + D("1.5") - D("0.06") - D("0.01")
    assert (figures.fills, figures.buys, figures.sells, figures.notional) == (2, 1, 1, 300)
    assert (figures.position, figures.open_at_end) == (0, 1)


def test_orders_are_counted_by_what_became_of_them() -> None:
    books = Accounting(PAIR)
    books.on_event(BuyOrderCreatedEvent(1.0, OrderType.LIMIT, PAIR, D(1), D(1), "a", 1.0))
    books.on_event(OrderCancelledEvent(2.0, "a"))
    margin = FaultRule(Fate.NEVER_LIVED, Retry.NEVER, Blame.ACCOUNT, "margin is insufficient")
    books.on_event(MarketOrderFailureEvent(3.0, "b", OrderType.LIMIT, Fault(margin, "POST", code=-2019)))
    assert (books.figures.placed, books.figures.cancelled, books.figures.rejected) == (1, 1, 1)


def test_what_never_left_was_not_refused_by_the_exchange() -> None:
    books = Accounting(PAIR)
    kept_here = FaultRule(Fate.NEVER_LIVED, Retry.NEVER, Blame.RATE_LIMIT, "not sent: the rate limits are used up")
    books.on_event(MarketOrderFailureEvent(3.0, "b", OrderType.LIMIT, Fault(kept_here, "POST")))
    books.on_event(MarketOrderFailureEvent(4.0, "c", OrderType.LIMIT))
    assert (books.figures.rejected, books.figures.not_sent) == (0, 2)


def test_what_is_of_another_pair_is_not_booked() -> None:
    books = Accounting(PAIR)
    books.on_event(fill("1", TradeType.BUY, "1", "1", pair="ETH-USDT"))
    books.on_event(FundingPaymentCompletedEvent(1.0, "x", "ETH-USDT", D(5), D(0), "USDT"))
    assert (books.figures.fills, books.wallet, books.unmatched_trades) == (0, 0, {})


def test_two_lines_of_one_trade_differ_by_name() -> None:
    line = TradeLine("7", TradeType.BUY, D(60_000), D("0.002"), D("0.024"), "USDT", D(0))
    other = TradeLine("7", TradeType.BUY, D(60_000), D("0.002"), D("0.025"), "USDT", D(0))
    assert line.differences(line) == []
    assert line.differences(other) == ["fee"]


def test_a_fee_in_bnb_costs_bnb_and_is_worth_what_bnb_was_then() -> None:
    asked: list[tuple[str, int]] = []

    def price_of(asset: str, at_ms: int) -> Decimal:
        asked.append((asset, at_ms))
        return D(600)

    books = Accounting(PAIR, price_of=price_of)
    books.open("USDT", D(10_000), D(0))
    books.on_event(fill("1", TradeType.BUY, "0.002", "0.024"))
    books.on_event(fill("2", TradeType.BUY, "0.002", "0.00004", token="BNB"))
    figures = books.close(0)
    assert (figures.fees, figures.other_fees) == (D("0.024"), {"BNB": D("0.00004")})
    assert figures.fees_value == D("0.024") + D("0.024")
    assert figures.wallet_end == D(10_000) - D("0.024"), "the margin asset paid the first alone"
    assert asked == [("BNB", 1_000)]


def test_a_fee_whose_worth_nobody_knows_yet_is_valued_later_by_the_price_of_its_time() -> None:
    books = Accounting(PAIR)
    books.open("USDT", D(10_000), D(0))
    books.on_event(fill("1", TradeType.BUY, "0.002", "0.00004", token="BNB"))
    assert books.close(0).fees_value is None, "and is not said to be less than it was"
    (paid,) = books.unvalued
    books.value({paid: D("NaN")})
    assert books.unvalued == [paid]
    books.value({paid: D(600)})
    assert (books.unvalued, books.close(0).fees_value) == ([], D("0.024"))


def test_fees_that_nobody_values_do_not_pile_up_and_leave_the_sum_unknown() -> None:
    books = Accounting(PAIR)
    books.open("USDT", D(10_000), D(0))
    for number in range(MOST_UNVALUED + 1):
        books.on_event(fill(str(number), TradeType.BUY, "0.002", "0.00004", token="BNB"))
    assert len(books.unvalued) == MOST_UNVALUED
    books.value(dict.fromkeys(books.unvalued, D(600)))
    assert (books.unvalued, books.close(0).fees_value) == ([], None)


def test_equity_is_the_wallet_with_what_the_position_would_bring() -> None:
    books = Accounting(PAIR)
    books.open("USDT", D(10_000), D(0))
    books.on_event(fill("1", TradeType.BUY, "0.002", "0.024"))
    assert books.close(0, D("-3.5")).equity == D("9996.476")


def test_payments_alike_in_all_but_their_numbers_are_both_booked() -> None:
    books = Accounting(PAIR)
    for number in ("7", "8"):
        books.on_event(FundingPaymentCompletedEvent(12.0, "x", PAIR, D("-0.01"), D(0), "USDT", number))
    assert (books.figures.funding, len(books.unmatched_funding)) == (D("-0.02"), 2)


def test_orders_of_another_pair_are_in_other_books() -> None:
    books = Accounting(PAIR, is_here=lambda order_id: order_id == "a")
    books.on_event(BuyOrderCreatedEvent(1.0, OrderType.LIMIT, "BTC-USDC", D(1), D(1), "b", 1.0))
    books.on_event(OrderCancelledEvent(2.0, "b"))
    books.on_event(MarketOrderFailureEvent(3.0, "c", OrderType.LIMIT))
    assert (books.figures.placed, books.figures.cancelled, books.figures.not_sent) == (0, 0, 0)
    books.on_event(BuyOrderCreatedEvent(1.0, OrderType.LIMIT, PAIR, D(1), D(1), "a", 1.0))
    books.on_event(OrderCancelledEvent(2.0, "a"))
    assert (books.figures.placed, books.figures.cancelled) == (1, 1)
