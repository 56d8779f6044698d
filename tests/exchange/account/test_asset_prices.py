"""What fees in another asset are worth."""

import asyncio
from decimal import Decimal

import pytest

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.fixed_point import to_e8
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, EventLog, until
from tests.companions.orders.counted_requests import counted_requests

pytestmark = pytest.mark.virtual_time

D = Decimal


def gives_bnb(venue: LocalExchange) -> None:
    venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, to_e8(D(1)), now_ms, "BNB"))
    venue.act(lambda engine, _: engine.set_fee_burn(venue.account_id, True))


def index(venue: LocalExchange, asset: str) -> Decimal:
    return D(venue.engine.collateral.index_e8(asset)) / 10**8


async def test_while_no_fee_can_be_paid_in_it_no_price_is_asked_for(connector: PerpetualDerivative) -> None:
    await asyncio.sleep(30)
    assert connector.get_asset_price("BNB", "USDT").is_nan()
    assert connector.get_asset_price("USDT", "USDT") == 1


async def test_a_fee_is_worth_what_the_index_said_at_its_fill(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    gives_bnb(venue)
    await until(lambda: not connector.get_asset_price("BNB", "USDT").is_nan(), "a price")
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    filled = await log.waits_for(MarketEvent.OrderFilled)
    (fee,) = filled.trade_fee.flat_fees  # type: ignore[union-attr]
    price = connector.components.asset_prices.price(fee.token, "USDT", round(filled.timestamp * 1000))  # type: ignore[union-attr]
    assert fee.token == "BNB"
    assert price == index(venue, "BNB") / index(venue, "USDT")
    taker_fee = D("0.010") * 60_010 * connector.get_commission_rate(PAIR).taker  # type: ignore[union-attr]
    assert abs(fee.amount * price - taker_fee * D("0.9")) < D("0.00001"), "a tenth less than in the margin asset"


async def test_a_fill_that_was_heard_of_late_is_valued_by_the_minute_of_its_time(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    now_ms = connector.components.gateway.venue_ms()
    await asyncio.sleep(200)
    prices = connector.components.asset_prices
    assert prices.price("BNB", "USDT", now_ms).is_nan()
    assert await prices.price_then("BNB", "USDT", now_ms) == index(venue, "BNB")
    assert (await prices.price_then("BFUSD", "USDT", now_ms)).is_nan(), "no pair of the two is listed"


async def test_an_index_that_is_not_told_is_no_price_and_ends_nothing(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    venue.faults.arm(
        "altered_answer", method="GET", path="/fapi/v1/assetIndex", field="index", value="nonsense", times=4
    )
    gives_bnb(venue)
    await asyncio.sleep(8)
    assert connector.get_asset_price("BNB", "USDT").is_nan()
    await until(lambda: not connector.get_asset_price("BNB", "USDT").is_nan(), "a price", 60)
    connector.raise_if_broken()


async def test_fees_of_one_minute_are_valued_by_one_question_and_the_list_is_read_once(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    prices = connector.components.asset_prices
    minute_ms = connector.components.gateway.venue_ms() // 60_000 * 60_000 - 600_000
    with counted_requests(connector) as sent:
        for after_ms in (0, 100, 59_999, 60_000, 60_001):
            assert await prices.price_then("BNB", "USDT", minute_ms + after_ms) == index(venue, "BNB")
        for _ in range(3):
            assert (await prices.price_then("BFUSD", "USDT", minute_ms)).is_nan()
    assert (sent["GET /fapi/v1/indexPriceKlines"], sent["GET /fapi/v1/exchangeInfo"]) == (2, 2)
