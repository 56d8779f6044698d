from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.enums import OrderType, TradeType
from connector.core.faults import ArgumentFault
from connector.core.intents import OrderIntent
from connector.exchange.orders.exact_intent import exact_intent
from tests.companions.sample_rules import BTC_RULE

D = Decimal
NOW_MS = 1_700_000_000_000
BUY = OrderIntent("BTC-USDT", TradeType.BUY, OrderType.LIMIT, D("0.0023"), D("59989.97"))


def test_price_and_amount_are_put_on_the_pairs_grids() -> None:
    exact = exact_intent(BUY, BTC_RULE, NOW_MS)
    assert (exact.amount, exact.price) == (D("0.002"), D("59989.9"))


def test_an_amount_that_would_round_to_zero_stays_to_be_refused_by_its_rule() -> None:
    assert exact_intent(replace(BUY, amount=D("0.0001")), BTC_RULE, NOW_MS).amount == D("0.0001")


def test_whole_numbers_are_exact() -> None:
    exact = exact_intent(replace(BUY, amount=2, price=60_000), BTC_RULE, NOW_MS)  # type: ignore[arg-type]
    assert (exact.amount, exact.price) == (D(2), D(60_000))


def test_a_market_order_needs_no_price() -> None:
    assert exact_intent(replace(BUY, order_type=OrderType.MARKET, price=None), BTC_RULE, NOW_MS).price is None


@pytest.mark.parametrize(
    ("argument", "value", "told"),
    [
        ("amount", 0.5, "amount: 0.5: is a float, not a Decimal; write Decimal('0.5')"),
        ("amount", True, "amount: True: is a bool, not a Decimal; use Decimal"),
        ("amount", None, "amount: None: is a NoneType, not a Decimal; use Decimal"),
        ("amount", D(-1), "amount: Decimal('-1'): must be above zero"),
        ("amount", D("Infinity"), "amount: Decimal('Infinity'): is no finite number"),
        ("price", "60000", "price: '60000': is a str, not a Decimal; write Decimal('60000')"),
        ("price", D(0), "price: Decimal('0'): a limit order needs a price above zero"),
        ("price", None, "price: None: a limit order needs a price above zero"),
        ("trade_type", "BUY", "trade_type: 'BUY': is no side; use TradeType.BUY or TradeType.SELL"),
        ("order_type", "LIMIT", "order_type: 'LIMIT': is no order type; use OrderType.LIMIT or its like"),
    ],
)
def test_what_can_be_no_order_is_told_by_the_argument(argument: str, value: object, told: str) -> None:
    with pytest.raises(ArgumentFault) as fault:
        exact_intent(replace(BUY, **{argument: value}), BTC_RULE, NOW_MS)  # type: ignore[arg-type]
    assert str(fault.value) == told
