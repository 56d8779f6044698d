"""Beside a market that moves, what the connector says of its margin is what the exchange says at the prices that the
connector has heard: their age is all the difference there is."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest

from connector.account.order_cost import MarketPrices
from connector.core.amounts import to_e8
from connector.core.enums import OrderType, PositionSide
from connector.core.secrets import Secret
from connector.exchange.assemble import assemble
from connector.exchange.derivative import PerpetualDerivative
from connector.net.sign import HmacSigner
from connector.simulator.market.listing import Listing
from connector.simulator.payloads.account_snapshot import AccountSnapshot
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.venue.domains import LOCAL
from tests.companions.local_trading import ready, until
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time

D = Decimal
SYMBOL_OF = {"BTC-USDT": "BTCUSDT", "ETH-USDT": "ETHUSDT"}
SAMPLES = 300
Figures = dict[str, object]


@pytest.fixture
async def live() -> AsyncIterator[tuple[LocalExchange, PerpetualDerivative]]:
    """A connector in a market that trades by itself, with positions and with orders of both sides that rest."""
    async with LocalExchange(SimulatorSettings(funding_first_s=3600, clock=loop_clock())) as venue:
        domain = LOCAL.at(venue.rest, venue.stream, venue.ws_api)
        signer = HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
        connector = assemble(domain, signer, tuple(SYMBOL_OF), "test01", loop_clock())
        await ready(connector)
        await connector.set_leverage("BTC-USDT", 20)
        await connector.set_leverage("ETH-USDT", 7)
        connector.buy("BTC-USDT", D("0.4"), OrderType.MARKET)
        connector.sell("ETH-USDT", D("3"), OrderType.MARKET)
        for pair, amount in (("BTC-USDT", D("0.1")), ("ETH-USDT", D("1.5"))):
            price = connector.get_mid_price(pair)
            for distance in ("0.97", "1.0012", "1.03"):
                place = connector.buy if D(distance) < 1 else connector.sell
                place(pair, amount, OrderType.LIMIT, price * D(distance))
        await until(lambda: len(connector.account_positions) == 2, "held")
        yield venue, connector
        await connector.stop_network()


@contextmanager
def priced(listing: Listing, prices: MarketPrices) -> Iterator[None]:
    """A contract of the exchange as if mark and last price were these."""
    mark, tape = listing.mark_price, listing.tape
    assert tape.last is not None
    kept = mark.mark_e8, tape.last
    mark.mark_e8 = to_e8(prices.mark)
    tape.last = replace(tape.last, ticks=int(prices.last / listing.instrument.tick))
    try:
        yield
    finally:
        mark.mark_e8, tape.last = kept


def theirs(venue: LocalExchange) -> Figures:
    told = AccountSnapshot(venue.engine.accounts[venue.account_id], venue.engine)
    figures: Figures = {"available": told.available_e8("USDT"), "withdrawable": told.withdrawable_e8("USDT")}
    for symbol in SYMBOL_OF.values():
        row = told.found[symbol, "BOTH"]
        figures[f"{symbol} margin"] = (row.position_e8, row.orders_e8, row.maintenance_e8, row.unrealised_e8)
        figures[f"{symbol} liquidation price"] = told.liquidation_price_e8((symbol, "BOTH"))
    return figures


def ours(connector: PerpetualDerivative) -> Figures:
    reckoned = connector.components.budget.figures
    figures: Figures = {
        "available": to_e8(connector.get_available_balance("USDT")), "withdrawable": reckoned.withdrawable_e8("USDT"),
    }  # fmt: skip
    for pair, symbol in SYMBOL_OF.items():
        figures[f"{symbol} margin"] = reckoned.margin_e8(pair, PositionSide.BOTH)
        figures[f"{symbol} liquidation price"] = reckoned.liquidation_price_e8(pair, PositionSide.BOTH)
    return figures


def is_told(venue: LocalExchange, connector: PerpetualDerivative) -> bool:
    """Whether the connector has heard of all that happened to the account."""
    account = venue.engine.accounts[venue.account_id]
    left = {order.client_order_id: order.open_lots for rows in account.open_orders.values() for order in rows.values()}
    known = {
        name: int(order.remaining_amount / connector.trading_rules[order.trading_pair].step_size)
        for name, order in connector.in_flight_orders.items()
    }
    held = {row.instrument.symbol: row.instrument.step * row.lots for row in account.held()}
    return left == known and held == {
        SYMBOL_OF[row.trading_pair]: row.amount for row in connector.account_positions.values()
    }


async def test_live_figures_differ_by_the_age_of_prices_alone(live: tuple[LocalExchange, PerpetualDerivative]) -> None:
    venue, connector = live
    compared = apart = 0
    for _ in range(SAMPLES):
        await asyncio.sleep(0.19)
        if not is_told(venue, connector):
            continue
        for pair in SYMBOL_OF:
            connector.components.budget.take_mark(SimpleNamespace(trading_pair=pair))  # type: ignore[arg-type]
        heard = {pair: connector.components.prices.prices_of(pair) for pair in SYMBOL_OF}
        said, now = ours(connector), theirs(venue)
        btc, eth = (venue.engine.listings[symbol] for symbol in SYMBOL_OF.values())
        with priced(btc, heard["BTC-USDT"]), priced(eth, heard["ETH-USDT"]):
            assert said == theirs(venue)
        compared += 1
        apart += said != now
    assert compared > SAMPLES * 0.9
    assert apart > SAMPLES / 10, "prices moved between the exchange and the connector"
