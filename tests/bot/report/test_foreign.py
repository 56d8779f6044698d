"""What was not the bot's, by asset and kind."""

from decimal import Decimal

from connector.bot.report.foreign import Foreign

D = Decimal


def test_foreign_items_are_told_in_words_each_with_its_asset() -> None:
    foreign = Foreign("USDT")
    assert str(foreign) == "none"
    foreign.add("TRANSFER", D("500.10"), "USDT")
    foreign.add("TRANSFER", D(1), "BNB")
    assert str(foreign) == "0 trades, transfers 1 BNB, transfers 500.1 USDT"
    assert (foreign.of("USDT"), foreign.of("BNB"), foreign.of("USDC")) == (D("500.1"), 1, 0)
    assert foreign.to_json() == {
        "trades": 0,
        "position": "0",
        "income": {"TRANSFER": "500.1"},
        "income_by_asset": {"BNB": {"TRANSFER": "1"}, "USDT": {"TRANSFER": "500.1"}},
    }


def test_what_a_liquidation_costs_and_what_the_insurance_fund_bears_are_two_lines() -> None:
    foreign = Foreign("USDT")
    foreign.add("INSURANCE_CLEAR", D(-3), "USDT")
    foreign.add("INSURANCE_CLEAR", D(5), "USDT")
    assert foreign.titled == [("insurance", "USDT", D(5)), ("liquidation clearance", "USDT", D(-3))]
    assert foreign.of("USDT") == 2


def test_a_kind_that_is_not_known_is_told_by_the_venues_own_word() -> None:
    foreign = Foreign("USDT")
    foreign.add("BFUSD_REWARD", D("0.1"), "BFUSD")
    assert foreign.titled == [("bfusd reward", "BFUSD", D("0.1"))]


def test_what_went_to_the_insurance_fund_and_came_from_it_is_one_sum_of_the_margin_asset() -> None:
    foreign = Foreign("USDT")
    for amount, asset in (("-30", "USDT"), ("12", "USDT"), ("-5", "USDC")):
        foreign.add("INSURANCE_CLEAR", Decimal(amount), asset)
    foreign.add("TRANSFER", Decimal(100), "USDT")
    assert foreign.insurance == Decimal(-18)
