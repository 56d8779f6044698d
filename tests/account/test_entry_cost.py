"""The entry value is the sum of the trades, as long as it explains the price that is told."""

from decimal import Decimal

import pytest

from connector.account.entry_cost import EntryCost
from connector.core.amounts import E8, to_e8
from connector.venue.contracts import INVERSE, LINEAR

D = Decimal


def told(cost: EntryCost, amount: str, entry: str) -> None:
    sized = to_e8(D(amount))
    cost.tell(sized, to_e8(D(entry)), LINEAR.cost(D(entry), sized))


def traded(cost: EntryCost, amount: str, price: str) -> None:
    cost.trade(to_e8(D(amount)), to_e8(D(price)))


def value(text: str) -> int:
    return int(D(text) * E8 * E8)


@pytest.mark.parametrize("account_first", [True, False])
def test_a_price_that_has_no_end_is_replaced_by_the_trades_whichever_event_comes_first(account_first: bool) -> None:
    """1 at 100 and 2 at 101: 100.66666667 each, and 302 together."""
    cost = EntryCost(LINEAR)
    told(cost, "1", "100")
    traded(cost, "1", "100")
    steps = [lambda: told(cost, "3", "100.66666667"), lambda: traded(cost, "2", "101")]
    for step in steps if account_first else reversed(steps):
        step()
    assert cost.units == value("302")


def test_until_its_trade_is_heard_the_told_price_holds() -> None:
    cost = EntryCost(LINEAR)
    told(cost, "3", "100.66666667")
    assert cost.units == value("302.00000001")


def test_closing_takes_its_share_and_leaves_the_rest_exact() -> None:
    cost = EntryCost(LINEAR)
    for amount, price in (("1", "100"), ("2", "101"), ("-1", "150")):
        traded(cost, amount, price)
    told(cost, "2", "100.66666667")
    assert cost.units == value("302") - (value("302") + 1) // 3


def test_a_trade_that_closes_more_than_is_held_opens_the_rest_at_its_price() -> None:
    cost = EntryCost(LINEAR)
    traded(cost, "1", "100")
    traded(cost, "-3", "90")
    told(cost, "-2", "90")
    assert cost.units == value("-180")


def test_what_was_held_before_anything_was_heard_is_valued_by_the_told_price_and_traded_on_from_there() -> None:
    cost = EntryCost(LINEAR)
    told(cost, "3", "100.66666667")
    told(cost, "4", "101.75")
    traded(cost, "1", "105")
    assert cost.units == value("302.00000001") + value("105")


def test_after_a_trade_that_nobody_heard_of_the_told_price_holds_until_the_next_words() -> None:
    cost = EntryCost(LINEAR)
    told(cost, "1", "100")
    traded(cost, "1", "100")
    told(cost, "2", "110")
    assert cost.units == value("220")
    told(cost, "3", "120")
    traded(cost, "1", "140")
    assert cost.units == value("360")


def test_a_flat_position_has_no_value_and_begins_anew() -> None:
    cost = EntryCost(LINEAR)
    told(cost, "3", "100.66666667")
    told(cost, "0", "0")
    traded(cost, "-3", "99")
    assert cost.units == 0
    told(cost, "1", "97")
    traded(cost, "1", "97")
    assert cost.units == value("97")


def test_an_inverse_contract_is_summed_in_its_own_units() -> None:
    cost = EntryCost(INVERSE)
    sized = 300 * E8
    cost.trade(sized, to_e8(D(50_000)))
    cost.tell(sized, to_e8(D(50_000)), INVERSE.cost(D(50_000), sized))
    assert cost.units == sized * INVERSE.unit(to_e8(D(50_000)))
