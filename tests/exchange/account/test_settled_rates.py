"""By what a payment was settled."""

from decimal import Decimal

from connector.core.funding_info import SettledRate
from connector.core.reports import IncomeReport
from connector.exchange.account.settled_rates import SettledRates, Terms, terms_at
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.fixed_point import to_e8
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import SYMBOL

HOUR_MS = 3_600_000
T = 1_800_000_000_000
D = Decimal


def row(hours: int, rate: str = "0.0001", late_ms: int = 0) -> SettledRate:
    return SettledRate(T + hours * HOUR_MS + late_ms, D(rate))


def booked(hours: int, after_ms: int) -> int:
    return T + hours * HOUR_MS + after_ms


EIGHT_THEN_ONE = (row(-16, "0.001"), row(-8, "0.002", 3), row(0, "0.003", 11), row(1, "0.004", 2))


def test_a_payment_is_of_the_settlement_before_it_however_late_it_is_booked() -> None:
    for after_ms in (-1_000, 0, 15_000, 60_000):
        terms = terms_at(EIGHT_THEN_ONE, booked(0, after_ms), 2)
        assert terms == Terms(EIGHT_THEN_ONE[2], 8 * HOUR_MS), after_ms


def test_the_interval_is_the_one_that_was_settled_not_the_one_before() -> None:
    assert terms_at(EIGHT_THEN_ONE, booked(1, 20_000), 2) == Terms(EIGHT_THEN_ONE[3], HOUR_MS)


def test_a_settlement_that_is_not_listed_yet_is_not_mistaken_for_the_one_before() -> None:
    assert terms_at(EIGHT_THEN_ONE, booked(2, 20_000), 2) is None
    assert terms_at(EIGHT_THEN_ONE[:3], booked(1, 20_000), 8) is None, "hourly by now, and the list ends before"


def test_where_the_one_before_is_not_known_the_rate_is_and_the_interval_is_not() -> None:
    assert terms_at(EIGHT_THEN_ONE[2:3], booked(0, 20_000), 2) == Terms(EIGHT_THEN_ONE[2], 0)


def test_without_any_settlement_nothing_is_told() -> None:
    assert terms_at((), T, 2) is None


def line(symbol: str, time_ms: int, income_id: str = "1", kind: str = "FUNDING_FEE") -> IncomeReport:
    return IncomeReport(kind, "USDT", D(-1), time_ms, income_id, symbol)


async def test_an_old_payment_is_looked_up_page_by_page(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    """The newest hundred settlements begin after it."""
    now_ms = connector.components.gateway.venue_ms()
    first_ms = now_ms - 2_600 * 60_000

    def settles(engine: object, _: int) -> None:
        for number in range(2_500):
            listing = engine.listings[SYMBOL]  # type: ignore[attr-defined]
            listing.mark_price.fix_rate(to_e8(D(number + 1) / 100_000_000))
            at_ms = first_ms + number * 60_000
            engine.settle_funding(listing, at_ms, at_ms)  # type: ignore[attr-defined]

    venue.act(settles)
    components = connector.components
    rates = SettledRates(components.api, components.feed)
    lines = [line(SYMBOL, first_ms + number * 60_000 + 5, str(number)) for number in (0, 7, 1_234, 2_499)]
    found = await rates.of(lines)
    assert {name: terms.rate_of.rate for (_, name), terms in found.items()} == {
        number: D(int(number) + 1) / 100_000_000 for number in ("0", "7", "1234", "2499")
    }
    assert found["FUNDING_FEE", "7"].interval_ms == 60_000
    assert found["FUNDING_FEE", "0"].interval_ms == 0


async def test_a_special_payment_is_told_by_its_own_rate(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    def settles(engine: object, now_ms: int) -> None:
        listing = engine.listings["XAUUSDT"]  # type: ignore[attr-defined]
        listing.mark_price.fix_rate(to_e8(D("0.0001")))
        engine.settle_funding(listing, now_ms, now_ms)  # type: ignore[attr-defined]
        engine.settle_special("XAUUSDT", to_e8(D("0.005")), now_ms)  # type: ignore[attr-defined]

    venue.act(settles)
    components = connector.components
    now_ms = components.gateway.venue_ms()
    found = await SettledRates(components.api, components.feed).of(
        [line("XAUUSDT", now_ms, "1"), line("XAUUSDT", now_ms, "1", "SPECIAL_FUNDING_FEE")]
    )
    assert found["FUNDING_FEE", "1"].rate_of.rate == D("0.0001")
    special = found["SPECIAL_FUNDING_FEE", "1"]
    assert (special.rate_of.rate, special.interval_ms) == (D("0.005"), 0)
