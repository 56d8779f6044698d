"""Where a result came from: the parts, and that they are the whole."""

from collections import deque
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.bot.report.result_split import (
    CLOSED_BY_EXCHANGE,
    INSURANCE,
    TRADES_OF_OTHERS,
    TRANSFERS,
    UNEXPLAINED,
    ResultBook,
    Worth,
)
from connector.core.account_events import ForeignFillEvent, InsuranceClearedEvent, TransferEvent
from connector.core.amounts import NAN, ZERO
from connector.core.enums import OrderType, TradeType
from connector.core.events import (
    FundingPaymentCompletedEvent,
    LiquidationEvent,
    OrderFilledEvent,
    PositionDriftEvent,
)
from connector.core.trade_fee import TokenAmount, TradeFee
from connector.venue.contracts import LINEAR

PAIR, ASSET = "BTC-USDT", "USDT"
D = Decimal
ONE, START, MARK = D(1), D(10_000), D(60_000)


@dataclass
class Account:
    """An exchange's account of one pair, in lots that close first in, first out: no division, so nothing is rounded."""

    wallet: Decimal = START
    mark: Decimal = MARK
    lots: deque[tuple[Decimal, Decimal]] = field(default_factory=deque)

    @property
    def held(self) -> Decimal:
        return sum((amount for amount, _ in self.lots), ZERO)

    @property
    def unrealized(self) -> Decimal:
        return sum((amount * (self.mark - price) for amount, price in self.lots), ZERO)

    def trade(self, amount: Decimal, price: Decimal) -> None:
        while amount and self.lots and self.lots[0][0] * amount < 0:
            lot, entry = self.lots.popleft()
            closed = min(abs(lot), abs(amount)).copy_sign(lot)
            self.wallet += closed * (price - entry)
            amount += closed
            if lot != closed:
                self.lots.appendleft((lot - closed, entry))
        if amount:
            self.lots.append((amount, price))

    def book(self) -> ResultBook:
        worth = Worth(lambda: self.mark, lambda: self.held, lambda a, b, amount: LINEAR.pnl(a, b, amount, ONE))
        return ResultBook(ASSET, {PAIR: worth}, self.wallet + self.unrealized)


def fill(side: TradeType, amount: str, price: str, fee: str = "0", token: str = ASSET) -> OrderFilledEvent:
    return OrderFilledEvent(
        1.0, "c1", PAIR, side, OrderType.LIMIT, D(price), D(amount), TradeFee(flat_fees=(TokenAmount(token, D(fee)),))
    )


def funding(amount: str, income_id: str = "1") -> FundingPaymentCompletedEvent:
    return FundingPaymentCompletedEvent(1.0, "m", PAIR, D(amount), D("0.0001"), ASSET, income_id)


class Run:
    """An account and the book beside it."""

    def __init__(self) -> None:
        self.account = Account()
        self.book = self.account.book()

    def fill(self, side: TradeType, amount: str, price: str, fee: str = "0") -> None:
        self.account.trade(D(amount) * side.sign, D(price))
        self.account.wallet -= D(fee)
        self.book.on_event(fill(side, amount, price, fee))


def test_a_round_trip_is_split_into_spread_fees_and_inventory() -> None:
    run = Run()
    run.fill(TradeType.BUY, "2", "59990", "24")
    run.account.mark = D(60_100)
    run.fill(TradeType.SELL, "2", "60110", "24")
    split = run.book.split(run.account.wallet, run.account.unrealized)
    assert split.parts == {
        "spread captured": D(40), "fees": D(-48), "funding": ZERO, "inventory": D(200), "others": ZERO,
    }  # fmt: skip
    assert (split.change, split.equity_start, split.equity) == (D(192), D(10_000), D(10_192))


def test_an_open_position_counts_at_the_mark() -> None:
    run = Run()
    run.fill(TradeType.BUY, "5", "60000")
    run.account.mark = D(59_200)
    split = run.book.split(run.account.wallet, run.account.unrealized)
    assert split.total.inventory == split.change == D(-4_000)


def test_funding_transfers_and_trades_of_others_stand_apart() -> None:
    run = Run()
    run.fill(TradeType.BUY, "1", "60000")
    run.account.wallet += D("-6.5") + D(500)
    run.book.on_event(funding("-6.5"))
    run.book.on_event(TransferEvent(1.0, ASSET, D(500), "DEPOSIT"))
    run.account.trade(D(-1), D(59_990))
    run.book.on_event(ForeignFillEvent(1.0, PAIR, "hand", "1", TradeType.SELL, D(59_990), D(1), "7", D(-10)))
    split = run.book.split(run.account.wallet, run.account.unrealized)
    assert split.total.funding == D("-6.5")
    assert split.total.others_by == {TRANSFERS: D(500), TRADES_OF_OTHERS: D(-10)}
    assert sum(split.parts.values()) == split.change == D("483.5")


@pytest.mark.parametrize("side", [TradeType.BUY, TradeType.SELL])
def test_a_liquidation_and_its_cost_are_no_result_of_the_quoting(side: TradeType) -> None:
    run = Run()
    run.fill(side, "2", "60000")
    run.account.mark = D(60_000) - 4_000 * side.sign
    price = run.account.mark - 10 * side.sign
    run.account.trade(D(-2) * side.sign, price)
    run.account.wallet -= D(56) + D(300)
    run.book.on_event(LiquidationEvent(1.0, PAIR, "autoclose-1", amount=D(2), price=price, fee=D(56)))
    run.book.on_event(InsuranceClearedEvent(1.0, PAIR, ASSET, D(-300), "1"))
    split = run.book.split(run.account.wallet, run.account.unrealized)
    assert split.total.inventory == D(-8_000)
    assert split.total.others_by == {CLOSED_BY_EXCHANGE: D(-76), INSURANCE: D(-300)}
    assert sum(split.parts.values()) == split.change == D(-8_376)


def test_a_liquidation_whose_result_nobody_knows_is_read_off_the_wallet() -> None:
    run = Run()
    run.fill(TradeType.BUY, "2", "60000")
    run.account.trade(D(-2), D(59_000))
    run.book.on_event(LiquidationEvent(1.0, PAIR, "autoclose-1", amount=D(2), realized_pnl=NAN, fee=NAN))
    split = run.book.split(run.account.wallet, run.account.unrealized)
    assert split.total.others_by == {UNEXPLAINED: D(-2_000)}
    assert split.change == D(-2_000)


def test_what_the_account_book_says_of_the_insurance_fund_counts_before_it_is_told() -> None:
    run = Run()
    run.account.wallet -= D(300)
    split = run.book.split(run.account.wallet, run.account.unrealized, {PAIR: D(-300)})
    assert split.total.others_by == {INSURANCE: D(-300)}
    run.book.on_event(InsuranceClearedEvent(1.0, PAIR, ASSET, D(-300), "1"))
    split = run.book.split(run.account.wallet, run.account.unrealized, {PAIR: D(-300)})
    assert split.total.others_by == {INSURANCE: D(-300)}


def test_what_no_event_told_is_named_as_not_explained() -> None:
    run = Run()
    run.account.trade(D(1), D(59_000))
    run.book.on_event(PositionDriftEvent(1.0, PAIR, ZERO, ONE))
    run.account.mark = D(60_500)
    split = run.book.split(run.account.wallet, run.account.unrealized)
    assert split.total.others_by == {UNEXPLAINED: D(1_000)}
    assert split.total.inventory == D(500)


def test_a_fee_in_another_asset_and_a_payment_of_before_are_no_part() -> None:
    run = Run()
    run.book = replace(run.book, paid_before=frozenset({(False, "9")}))
    run.book.on_event(funding("-3", "9"))
    run.account.trade(ONE, D(60_000))
    run.book.on_event(fill(TradeType.BUY, "1", "60000", "0.01", "BNB"))
    split = run.book.split(run.account.wallet, run.account.unrealized)
    assert list(split.parts.values()) == [ZERO] * 5
    assert split.to_json()["change"] == "0"


EIGHTH = D("1e-8")
prices = st.integers(1, 10**13).map(lambda units: units * EIGHTH)
amounts = st.integers(-(10**12), 10**12).filter(bool).map(lambda units: units * EIGHTH)
money = st.integers(-(10**10), 10**10).map(lambda units: units * EIGHTH)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("mark"), prices, st.just(ONE)),
        st.tuples(st.just("fill"), prices, amounts),
        st.tuples(st.just("other"), prices, amounts),
        st.tuples(st.just("funding"), money, st.just(ONE)),
        st.tuples(st.just("transfer"), money, st.just(ONE)),
    ),
    max_size=40,
)


@given(steps)
def test_the_parts_sum_to_the_equitys_change_to_the_last_digit(taken: list[tuple[str, Decimal, Decimal]]) -> None:
    run = Run()
    account, book = run.account, run.book
    for number, (what, figure, amount) in enumerate(taken):
        side = TradeType.BUY if amount > 0 else TradeType.SELL
        if what == "mark":
            account.mark = figure
        elif what == "funding":
            account.wallet += figure
            book.on_event(funding(str(figure), str(number)))
        elif what == "transfer":
            account.wallet += figure
            book.on_event(TransferEvent(1.0, ASSET, figure, "DEPOSIT"))
        elif what == "fill":
            run.fill(side, str(abs(amount)), str(figure), "0.001")
        else:
            account.trade(amount, figure)
            book.on_event(ForeignFillEvent(1.0, PAIR, "hand", "1", side, figure, abs(amount), str(number), ZERO))
    split = book.split(account.wallet, account.unrealized)
    assert UNEXPLAINED not in split.total.others_by, "every part is told by its own events"
    assert sum(split.parts.values(), ZERO) == split.change == split.equity - split.equity_start


def test_pairs_that_one_asset_backs_are_split_apart_and_add_up_to_what_the_equity_did() -> None:
    marks = {PAIR: MARK, "ETH-USDT": D(3_000)}
    accounts = {pair: Account(ZERO, mark) for pair, mark in marks.items()}
    worths = {
        pair: Worth(
            lambda one=one: one.mark,  # type: ignore[misc]
            lambda one=one: one.held,  # type: ignore[misc]
            lambda a, b, amount: LINEAR.pnl(a, b, amount, ONE),
        )
        for pair, one in accounts.items()
    }
    book = ResultBook(ASSET, worths, START)
    accounts[PAIR].trade(D("0.5"), D(59_990))
    book.on_event(fill(TradeType.BUY, "0.5", "59990", "6"))
    accounts["ETH-USDT"].trade(D(-2), D(3_001))
    book.on_event(replace(fill(TradeType.SELL, "2", "3001", "1.5"), trading_pair="ETH-USDT"))
    book.on_event(replace(funding("-2"), trading_pair="ETH-USDT"))
    book.on_event(TransferEvent(1.0, ASSET, D(100), "DEPOSIT"))
    book.on_event(replace(fill(TradeType.BUY, "9", "1", "9"), trading_pair="BNB-USDT"))
    accounts[PAIR].mark, accounts["ETH-USDT"].mark = MARK + 100, D(2_990)
    split = book.split(START - D("7.5") - 2 + 100 - 9, sum((one.unrealized for one in accounts.values()), ZERO))
    btc, eth = split.by_pair[PAIR], split.by_pair["ETH-USDT"]
    assert (btc.spread_captured, btc.fees, btc.inventory, btc.change) == (D(5), D(-6), D(50), D(49))
    assert (eth.spread_captured, eth.fees, eth.funding, eth.inventory) == (D(2), D("-1.5"), D(-2), D(20))
    assert split.total.others_by == {TRANSFERS: D(100), UNEXPLAINED: D(-9)}
    assert btc.change + eth.change + split.total.others == split.total.change == split.change
    row = split.to_json()
    assert list(row["by_pair"]) == [PAIR, "ETH-USDT"]
    assert (row["change"], row["by_pair"][PAIR]["change"]) == ("158.5", "49")
