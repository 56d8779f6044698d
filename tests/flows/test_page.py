"""The exchange's page in a real browser: it shows what is, and its buttons do what they say."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from connector.simulator.clock import VirtualClock
from connector.simulator.fault_injection.catalogue import FAULTS
from connector.simulator.market.orders import BUY, LIMIT, MARKET, SELL, OrderRequest
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.simulator.trails import MOST_ACCOUNTS
from tests.companions.flows.browser import CHROMIUM, Page, page_at
from tests.companions.local_trading import Trader
from tests.companions.simulator.recordings import SNAPSHOT, depth, written

SHOWN = "document.readyState === 'complete' && Number(document.body.dataset.looks) > 0"


@pytest.fixture
async def page(venue: LocalExchange, trader: Trader) -> AsyncIterator[Page]:
    """The page of an exchange whose market a trader makes."""
    async with shown(venue) as opened:
        yield opened


@asynccontextmanager
async def shown(venue: LocalExchange) -> AsyncIterator[Page]:
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
    assert sorted(names) == sorted(FAULTS)


async def fill_in(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        await page.value(f"document.getElementById('{name}').value = '{text}'")


async def test_a_fault_is_armed_with_what_was_filled_in_and_says_so(page: Page, venue: LocalExchange) -> None:
    await fill_in(page, times="2", ms="250", stream="btcusdt@depth", **{"fault-symbol": "ETHUSDT"})
    await page.value(press("delay_depth"))
    told = await page.until("document.querySelector('button[data-name=delay_depth] small')?.textContent")
    (armed,) = venue.faults.armed()
    assert (armed.times, armed.ms, armed.stream, armed.symbol) == (2, 250, "btcusdt@depth", "")
    assert told == "armed ×2 250 ms btcusdt@depth"
    assert page.errors == []


async def test_what_was_refused_stays_until_it_is_read(page: Page, venue: LocalExchange) -> None:
    await fill_in(page, ms="999999999")
    await page.value(press("slow_answer"))
    refusal = "document.querySelector('#refusals li')?.textContent"
    assert "slow_answer: ms 999999999 is above 86400000" in await page.until(refusal)
    looks = await page.value("Number(document.body.dataset.looks)")
    await page.until(f"Number(document.body.dataset.looks) > {looks} + 2")
    assert await page.value(refusal)
    await page.value("document.querySelector('#refusals button').click()")
    assert await page.value("document.querySelectorAll('#refusals li').length") == 0
    assert venue.faults.armed() == []
    assert page.errors == []


@pytest.mark.parametrize("width", [400, 1280])
async def test_nothing_is_cut_or_scrolled_sideways_at_any_width(
    page: Page, venue: LocalExchange, trader: Trader, width: int
) -> None:
    taken = OrderRequest("BTCUSDT", BUY, MARKET, Decimal("0.01"))
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, taken, now_ms))
    name, price = "a-client-id-as-long-as-a-venue-takes", Decimal(59_000)
    resting = OrderRequest("BTCUSDT", BUY, LIMIT, Decimal("0.5"), price, client_order_id=name)
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, resting, now_ms))
    await page.command("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    await page.until(f"window.innerWidth === {width} && document.querySelector('#accounts td.buy') !== null")
    assert await page.value("document.scrollingElement.scrollWidth") <= width
    cut = await page.value(
        "[...document.querySelectorAll('td, button, dd, h2, select, input')]"
        ".filter((each) => each.clientWidth && each.getBoundingClientRect().right > window.innerWidth)"
        ".map((each) => each.textContent)"
    )
    assert cut == []
    entry = await page.value("document.querySelector('#accounts td[data-label=entry]').textContent")
    assert float(entry) == 60_010
    assert page.errors == []


async def test_prices_and_equities_are_drawn_with_own_fills(page: Page, venue: LocalExchange, trader: Trader) -> None:
    taken = OrderRequest("BTCUSDT", BUY, MARKET, Decimal("0.01"))
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, taken, now_ms))
    lines = "[...document.querySelectorAll('#prices .legend span')].map((each) => each.textContent.split(' ')[0])"
    assert await page.until(f"document.querySelectorAll('#prices path').length > 3 && {lines}") == [
        "mark",
        "index",
        "mid",
    ]
    drawn = "document.querySelector('#prices path').getAttribute('d').split('L').length"
    before = await page.value(drawn)
    await page.until(f"{drawn} > {before}")
    assert await page.value("document.querySelectorAll('#results path').length") >= 2
    assert page.errors == []


async def test_own_orders_and_own_fills_are_marked_on_the_ladder(
    page: Page, venue: LocalExchange, trader: Trader
) -> None:
    best = venue.engine.listing("BTCUSDT").book.best(BUY)
    assert best is not None
    taken = OrderRequest("BTCUSDT", SELL, MARKET, Decimal("0.01"))
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, taken, now_ms))
    told = await page.until(
        "document.querySelector('#bids td.mine')?.textContent.includes('●')"
        " && document.querySelector('#bids td.mine').textContent"
    )
    assert told.startswith("▸ ")
    assert await page.value("document.querySelector('#trades tr').className") == "own"
    assert page.errors == []


async def test_a_halted_symbol_is_marked_wherever_one_looks(page: Page, venue: LocalExchange) -> None:
    venue.faults.arm("trading_halt", symbol="ETHUSDT")
    await page.until("document.getElementById('halted').textContent.includes('ETHUSDT TRADING_HALT')")
    assert await page.value("document.querySelector('#symbol option[value=ETHUSDT]').textContent") == (
        "ETHUSDT · TRADING_HALT"
    )
    assert await page.value("document.getElementById('status').hidden") is True
    await page.value(
        "(document.getElementById('symbol').value = 'ETHUSDT', document.getElementById('symbol').onchange())"
    )
    await page.until("document.getElementById('status').textContent === 'TRADING_HALT'")
    assert await page.value("document.getElementById('status').hidden") is False
    assert page.errors == []


async def test_the_clock_is_paused_and_goes_on_by_its_button() -> None:
    state = "document.getElementById('pause').textContent"
    async with LocalExchange(SimulatorSettings(background=False)) as venue, shown(venue) as page:
        assert await page.value(state) == "pause (runs)"
        await page.value("document.getElementById('pause').click()")
        assert await page.until(f"{state} === 'go on (paused)'")
        assert await page.value("document.getElementById('time').textContent.endsWith(' paused')")
        stood = venue.runtime.now_ms()
        await page.value("document.getElementById('step-60').click()")
        await page.until("document.getElementById('says').textContent === 'step: done'")
        assert venue.runtime.now_ms() == stood + 60_000
        await page.value("document.getElementById('pause').click()")
        assert await page.until(f"{state} === 'pause (runs)'")
        assert page.errors == []


async def test_a_clock_that_was_hurried_goes_on_as_fast_as_before() -> None:
    state = "document.getElementById('pause').textContent"
    clock = VirtualClock(rate=10.0)
    async with LocalExchange(SimulatorSettings(background=False, clock=clock)) as venue, shown(venue) as page:
        assert await page.value(state) == "pause (runs ×10)"
        await page.value("document.getElementById('pause').click()")
        assert await page.until(f"{state} === 'go on ×10 (paused)'")
        await page.command("Page.reload")
        assert await page.until(f"{SHOWN} && {state} === 'go on ×10 (paused)'")
        await page.value("document.getElementById('pause').click()")
        assert await page.until(f"{state} === 'pause (runs ×10)'")
        assert clock.rate == 10.0
        assert page.errors == []


async def test_a_command_that_was_done_is_done_though_the_look_after_it_fails(page: Page, venue: LocalExchange) -> None:
    await page.value(
        "(window.fetch = ((real) => (path, ...more) => path.startsWith('/local/v1/view')"
        " ? Promise.reject(new Error('cut off')) : real(path, ...more))(window.fetch), 0)"
    )
    await page.value(press("unknown_but_placed"))
    await page.until("document.getElementById('says').className === 'lost'")
    assert [armed.name for armed in venue.faults.armed()] == ["unknown_but_placed"]
    assert await page.value("document.querySelectorAll('#refusals li').length") == 0
    assert await page.value("document.getElementById('says').textContent") == "what is now can't be seen: cut off"
    assert page.errors == []


async def test_a_view_that_is_refused_is_told_in_the_exchanges_words(page: Page, venue: LocalExchange) -> None:
    await page.value("document.getElementById('symbol').replaceChildren(new Option('NOPE'))")
    told = await page.until("document.getElementById('says').textContent")
    assert told == "what is now can't be seen: symbol 'NOPE' is not listed"


@pytest.mark.parametrize("width", [400, 1280])
async def test_the_lines_of_many_accounts_can_be_told_apart(page: Page, venue: LocalExchange, width: int) -> None:
    await page.command("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    while sum(not account.is_house for account in venue.engine.accounts.values()) < MOST_ACCOUNTS:
        venue.admit(Decimal(10_000))
    keys = "[...document.querySelectorAll('#results .legend line')].map((each) => each.getAttribute('style'))"
    await page.until(f"{keys}.length === {MOST_ACCOUNTS}")
    drawn = "[...document.querySelectorAll('#results path.line')].map((each) => each.getAttribute('style'))"
    styles = await page.until(f"{drawn}.length === {MOST_ACCOUNTS} && {keys}")
    assert styles == await page.value(drawn)
    assert len(set(styles)) == MOST_ACCOUNTS
    told = await page.value(
        "[...document.querySelectorAll('#results .legend span')].map((each) => getComputedStyle(each).color)"
    )
    assert set(told) == {await page.value("getComputedStyle(document.body).color")}
    assert len(set(await page.value("Array.from({ length: 300 }, (_, number) => stroke(number))"))) == 300
    assert await page.value("document.scrollingElement.scrollWidth") <= width
    assert page.errors == []


async def test_own_fills_stay_in_a_list_of_their_own(page: Page, venue: LocalExchange, trader: Trader) -> None:
    taken = OrderRequest("BTCUSDT", BUY, MARKET, Decimal("0.01"))
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, taken, now_ms))
    mine = f"{venue.account_id} taker"
    rows = "[...document.querySelectorAll('#fills tr')].map((row) => [...row.cells].map((each) => each.textContent))"
    told = await page.until(f"{rows}.length === 2 && {rows}")
    assert mine in [row[2] for row in told]
    assert {tuple(row[:2]) for row in told} == {("60010.00", "0.010")}
    assert page.errors == []


async def test_an_account_says_what_it_is_worth_and_what_it_holds(page: Page, venue: LocalExchange) -> None:
    venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, 2 * 10**8, now_ms, "BTC"))
    cell = "document.querySelector('#accounts td[data-label={}]').textContent"
    held = await page.until(f"{cell.format('holds')}.includes('BTC') && {cell.format('holds')}")
    assert held.endswith("USDT, 2 BTC")
    figures = [float(await page.value(cell.format(name))) for name in ("equity", "wallet", "unrealised", "result")]
    assert figures == [figures[1], figures[1], 0, 0]
    assert page.errors == []


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
    await page.until("document.querySelector('button[data-name=crash] small')?.textContent === 'runs on BTCUSDT'")
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
