"""The exchange's page in a real browser: it shows what is, and its buttons do what they say."""

import os
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from connector.simulator.fault_injection.faults import FAULTS
from connector.simulator.market.orders import BUY, MARKET, OrderRequest
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from tests.companions.flows.browser import CHROMIUM, Page, page_at
from tests.companions.local_trading import Trader
from tests.companions.simulator.recordings import SNAPSHOT, depth, written

SHOWN = "document.readyState === 'complete' && Number(document.body.dataset.looks) > 0"


@pytest.fixture
async def page(venue: LocalExchange, trader: Trader) -> AsyncIterator[Page]:
    """The page of an exchange whose market a trader makes."""
    if CHROMIUM is None:
        reason = "no Chromium: the page is looked at where one is installed"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    async with page_at(f"{venue.rest}/") as opened:
        await opened.until(SHOWN)
        yield opened


def texts(part: str) -> str:
    return f"[...document.querySelectorAll('#{part} td:first-child')].map((cell) => cell.textContent)"


def press(name: str) -> str:
    return f"document.querySelector('button[data-name={name}]').click()"


async def test_the_ladder_shows_the_book(page: Page, venue: LocalExchange) -> None:
    book = venue.engine.listing("BTCUSDT").book
    price = venue.engine.listing("BTCUSDT").instrument.price_text
    assert await page.value(texts("bids")) == [price(ticks) for ticks, _ in book.levels(BUY, 16)]
    assert page.errors == []


async def test_a_trade_and_the_position_it_makes_appear(page: Page, venue: LocalExchange, trader: Trader) -> None:
    taken = OrderRequest("BTCUSDT", BUY, MARKET, Decimal("0.01"))
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, taken, now_ms))
    await page.until("document.getElementById('trades').rows.length === 1")
    shown = await page.until("document.querySelector('#accounts td.buy')?.textContent")
    assert shown == "0.010 BTCUSDT"
    assert page.errors == []


async def test_an_open_order_is_shown(page: Page, venue: LocalExchange, trader: Trader) -> None:
    name = trader.quote(BUY, "59000", "0.5")
    await page.until(f"{texts('orders')}.includes('{name}')")
    assert page.errors == []


async def test_there_is_a_button_for_each_fault(page: Page) -> None:
    names = await page.value("[...document.querySelectorAll('#faults button')].map((each) => each.dataset.name)")
    assert names == list(FAULTS)


async def test_a_button_arms_its_fault_and_disarms_it(page: Page, venue: LocalExchange) -> None:
    await page.value("document.getElementById('times').value = '3'")
    await page.value(press("unknown_but_placed"))
    await page.until("document.querySelector('button.armed') !== null")
    (armed,) = venue.faults.armed()
    assert (armed.name, armed.times) == ("unknown_but_placed", 3)
    await page.value(press("unknown_but_placed"))
    await page.until("document.querySelector('button.armed') === null")
    assert venue.faults.armed() == []
    assert page.errors == []


async def test_another_symbol_can_be_looked_at(page: Page) -> None:
    await page.value(
        "(document.getElementById('symbol').value = 'ETHUSDT', document.getElementById('symbol').onchange())"
    )
    await page.until("document.getElementById('bids').rows.length === 0")
    assert page.errors == []


async def test_an_exchange_that_is_gone_is_told(page: Page, venue: LocalExchange) -> None:
    await venue.stop()
    await page.until("document.getElementById('says').className === 'lost'")
    await venue.start()
    await page.until("document.getElementById('says').className === ''")


async def test_a_price_script_moves_the_symbol_that_is_shown(venue: LocalExchange, page: Page) -> None:
    await page.until("document.querySelectorAll('#scripts button').length > 0")
    await page.value(press("crash"))
    await page.until("document.getElementById('says').textContent === 'crash: done'")
    assert any("BTCUSDT" in str(row) for row in venue.runtime.background.running())
    assert page.errors == []


async def test_a_recording_that_is_over_is_told(tmp_path: Path) -> None:
    if CHROMIUM is None:
        reason = "no Chromium: the page is looked at where one is installed"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    recording = written(tmp_path, [SNAPSHOT, depth(101, bids=[["60000.00", "0.400"]])])
    async with LocalExchange(SimulatorSettings(replay=recording)) as venue, page_at(f"{venue.rest}/") as opened:
        await opened.until(SHOWN)
        await opened.until("document.getElementById('notice').textContent.startsWith('the recording is over')")
        assert opened.errors == []
