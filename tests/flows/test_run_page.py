"""The page of a running bot in a real browser: it shows what is, and its buttons do what they say."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from connector.bot.page.run_page import RunPage
from connector.bot.watched_run import Steering, WatchedRun
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.server import LocalExchange
from tests.companions.flows.browser import CHROMIUM, Page, page_at
from tests.companions.flows.programs import home_with, started
from tests.companions.flows.running_bot import RunningBot, running_bot
from tests.companions.local_trading import Trader, until
from tests.companions.virtual_time import loop_clock

#: Of the second strategy, where there is one.
OTHER = "ETH-USDT"
LOOKED = "document.readyState === 'complete' && Number(document.body.dataset.looks) > 0"


def text_of(part: str) -> str:
    return f"document.getElementById('{part}').textContent"


@asynccontextmanager
async def opened(link: str) -> AsyncIterator[Page]:
    if CHROMIUM is None:
        reason = "no Chromium: the page is looked at where one is installed"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    async with page_at(link) as page:
        await page.until("location.href.startsWith('http') && document.readyState === 'complete'", 20)
        yield page


@asynccontextmanager
async def shown(
    venue: LocalExchange, *, controls: bool, second: str = ""
) -> AsyncIterator[tuple[Page, RunningBot, WatchedRun]]:
    """A bot that quotes, and its page in a browser; the second strategy's pair has a book, too."""
    if second:
        other, (low, high) = Trader(venue), ("2999", "3001") if second == OTHER else ("59999", "60001")
        other.deposit("100000", "USDC")
        other.quote(BUY, low, "1", second.replace("-", ""))
        other.quote(SELL, high, "1", second.replace("-", ""))
    async with running_bot(venue, second=second) as bot:
        run = WatchedRun()
        served = RunPage(run, 0, loop_clock(), controls=controls)
        openings = bot.connector.openings
        bot.session.quoters.paused = paused = set[str]()
        run.steering = Steering(lambda: None, openings.shut, openings.release, paused.add, paused.discard)
        run.begin(bot.session.status)
        async with served.serving(), opened(served.link) as page:
            await page.until(LOOKED, 20)
            yield page, bot, run


async def test_it_shows_the_state_the_money_and_own_orders_in_the_book(venue: LocalExchange, trader: Trader) -> None:
    async with shown(venue, controls=False) as (page, bot, _):
        await bot.quotes()
        assert await page.until(f"{text_of('state')} === 'quoting'")
        assert await page.until("document.querySelectorAll('#bids tr.marked').length > 0")
        own = await page.value(
            "[...document.querySelectorAll('tr.marked td:first-child')].map((row) => row.textContent)"
        )
        resting = {f"{price:,.1f}".removesuffix(".0") for price in bot.prices(closing=False)}
        assert set(own) <= resting | {f"{order.price:,}" for order in bot.connector.in_flight_orders.values()}
        assert "10,000.00" in await page.value(text_of("money"))
        assert await page.value("document.getElementById('control').hidden"), "it may only look"
        assert page.errors == []


async def test_the_link_leaves_the_address_and_a_reload_still_shows_the_run(
    venue: LocalExchange, trader: Trader
) -> None:
    async with shown(venue, controls=False) as (page, _, _):
        assert "#" not in await page.value("location.href")
        await page.command("Page.reload")
        await page.until(LOOKED, 20)
        assert await page.value("document.cookie") == ""


PRESSED = "document.querySelector('#pairs [aria-pressed=true]').textContent"


async def test_of_two_pairs_book_own_orders_and_inventory_follow_the_one_that_is_chosen(
    venue: LocalExchange, trader: Trader
) -> None:
    async with shown(venue, controls=False, second=OTHER) as (page, bot, _):
        await bot.quotes()
        assert await page.until(f"{PRESSED} === 'BTC-USDT' && {text_of('pair')} === 'BTC-USDT, ETH-USDT'")
        trader.take(SELL, "0.001")
        assert await page.until("document.querySelectorAll('#fills tr').length === 1")
        await page.value("document.querySelectorAll('#pairs button')[1].click()")
        assert await page.until(f"{PRESSED} === 'ETH-USDT' && {text_of('base')} === 'of ETH-USDT'")
        assert await page.until("document.querySelectorAll('#bids tr.marked').length > 0")
        own = await page.value(
            "[...document.querySelectorAll('tr.marked td:first-child')].map((row) => row.textContent)"
        )
        assert own and all(2_000 < float(price.replace(",", "")) < 4_000 for price in own)
        assert await page.value("document.querySelectorAll('#fills tr').length") == 0
        assert "10,0" in await page.value(text_of("money")) or "9,99" in await page.value(text_of("money"))
        await page.command("Page.reload")
        await page.until(LOOKED, 20)
        assert await page.until(f"{PRESSED} === 'ETH-USDT'"), "a reload shows the one that was chosen"
        assert page.errors == []


async def test_a_pair_that_is_not_ready_is_marked_and_its_strategy_says_why(
    venue: LocalExchange, trader: Trader
) -> None:
    async with shown(venue, controls=False, second=OTHER) as (page, bot, _):
        await bot.quotes()
        assert await page.value("document.querySelectorAll('#pairs .bad').length") == 0
        venue.faults.arm("silent_stream", stream="ethusdt@markPrice@1s", ms=8_000)
        assert await page.until("document.querySelector('#pairs .bad')?.textContent === 'ETH-USDT'", 20)
        assert "mark_price silent for" in await page.value("document.querySelector('#pairs .bad').title")
        told = await page.value(text_of("strategies"))
        assert "lost" in told and "ETH-USDT: mark_price silent" in told and "ETH-USDT is not ready" in told


async def test_pairs_of_two_margin_assets_are_shown_each_with_what_it_came_to(
    venue: LocalExchange, trader: Trader
) -> None:
    async with shown(venue, controls=False, second="BTC-USDC") as (page, bot, _):
        await bot.quotes()
        assert await page.until(f"{text_of('strategies')}.includes('USDC')")
        assert "0.0000 USDC" in await page.value(text_of("strategies"))
        assert "since the start, USDC" in await page.value(text_of("money"))
        assert (page.errors, await page.value(text_of("notices"))) == ([], "")


async def test_one_strategy_is_paused_and_resumed_by_its_own_button(venue: LocalExchange, trader: Trader) -> None:
    async with shown(venue, controls=True, second=OTHER) as (page, bot, _):
        await bot.quotes()
        await page.until("document.querySelectorAll('.strategy button').length === 2")
        await page.value("document.querySelectorAll('.strategy button')[0].click()")
        await until(lambda: not bot.resting(closing=False), "the quotes of BTC-USDT are gone")
        states = "[...document.querySelectorAll('.strategy .badge')].map((one) => one.textContent).join()"
        assert await page.until(f"{states} === 'paused,quoting'")
        assert await page.value(text_of("state")) == "quoting", "the run goes on"
        await page.value("document.querySelectorAll('.strategy button')[0].click()")
        await bot.quotes()
        assert await page.until(f"{states} === 'quoting,quoting'")


@pytest.mark.parametrize("second", ["", OTHER])
@pytest.mark.parametrize("width", [400, 1280])
async def test_nothing_is_wider_than_the_window(venue: LocalExchange, trader: Trader, width: int, second: str) -> None:
    async with shown(venue, controls=True, second=second) as (page, bot, _):
        await bot.quotes()
        await page.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 700
        )
        await page.until("document.querySelectorAll('#bids tr').length > 1")
        assert await page.value("document.documentElement.scrollWidth") <= width
        several = ("pairs", "strategies") if second else ()
        assert await page.value("document.getElementById('pairs').hidden") is (not second)
        assert await page.value("document.getElementById('part-strategies').hidden") is (not second)
        for part in ("state", "pause", "stop", "money", "equity-chart", "book", "fills", "events", *several):
            box = await page.value(
                f"(() => {{ const box = document.getElementById('{part}').getBoundingClientRect();"
                " return [box.left, box.right]; })()"
            )
            assert box[0] >= 0 and box[1] <= width, part


async def test_pause_takes_the_quotes_away_and_resume_brings_them_back(venue: LocalExchange, trader: Trader) -> None:
    async with shown(venue, controls=True) as (page, bot, _):
        await bot.quotes()
        await page.value("document.getElementById('pause').click()")
        await until(lambda: not bot.resting(closing=False), "the quotes are gone")
        assert await page.until(f"{text_of('state')} === 'paused' && {text_of('pause')} === 'resume'")
        assert "shut by pause" in await page.value(text_of("reason"))
        await page.value("document.getElementById('pause').click()")
        await bot.quotes()
        assert await page.until(f"{text_of('state')} === 'quoting' && {text_of('pause')} === 'pause'")


async def test_stop_is_asked_for_twice_and_told_once(venue: LocalExchange, trader: Trader) -> None:
    async with shown(venue, controls=True) as (page, _, run):
        stops: list[str] = []
        run.steering = Steering(lambda: stops.append("stop"))
        await page.value("document.getElementById('stop').click()")
        assert await page.until(f"{text_of('stop')} === 'stop: sure?'")
        assert stops == []
        await page.value("document.getElementById('stop').click()")
        await until(lambda: stops == ["stop"], "the stop")
        assert await page.until("document.getElementById('stop').disabled")


async def test_a_halt_is_told_by_its_own_word_and_its_end_too(venue: LocalExchange, trader: Trader) -> None:
    async with shown(venue, controls=False) as (page, bot, _):
        await bot.quotes()
        venue.faults.arm("trading_halt", symbol="BTCUSDT")
        assert await page.until(f"{text_of('state')} === 'halted'", 30)
        venue.faults.arm("trading_halt", 0)
        assert await page.until(f"['quoting', 'ready', 'holding'].includes({text_of('state')})", 40)


async def test_a_wrong_link_is_told_and_stays_until_it_is_read(venue: LocalExchange, trader: Trader) -> None:
    async with running_bot(venue) as bot:
        run = WatchedRun()
        served = RunPage(run, 0, loop_clock(), controls=False)
        run.begin(bot.session.status)
        async with served.serving(), opened(f"{served.address}/#a-link-of-yesterday") as page:
            await page.until("document.querySelectorAll('#notices li').length === 1", 20)
            assert "open the link that the bot told" in await page.value(text_of("notices"))
            await page.value("document.querySelector('#notices button').click()")
            assert await page.value("document.querySelectorAll('#notices li').length") == 0


async def test_a_bot_that_is_gone_is_told_by_the_page(venue: LocalExchange, trader: Trader) -> None:
    async with running_bot(venue) as bot:
        run = WatchedRun()
        served = RunPage(run, 0, loop_clock(), controls=False)
        run.begin(bot.session.status)
        async with served.serving():
            link = served.link
            browser = opened(link)
            page = await browser.__aenter__()
            try:
                await page.until(LOOKED, 20)
            except BaseException:
                await browser.__aexit__(None, None, None)
                raise
        try:
            assert await page.until(f"{text_of('state')} === 'no answer'", 20)
            assert "does not answer" in await page.value(text_of("notices"))
        finally:
            await browser.__aexit__(None, None, None)


async def test_a_run_without_a_terminal_keeps_its_link_to_a_file(tmp_path: Path) -> None:
    async with started("run", "--page-control", home=home_with(tmp_path)) as bot:
        await bot.says("page: http://127.0.0.1:")
        path = tmp_path / "data" / "page-link"
        token = path.read_text().strip().partition("#")[2]
        async with opened(path.read_text().strip()) as page:
            await page.until(f"{text_of('state')} === 'quoting'", 30)
            await page.value("document.getElementById('stop').click()")
            await page.value("document.getElementById('stop').click()")
            assert await asyncio.wait_for(bot.ends(), 40) == 0, bot.text
    assert not path.exists()
    assert len(token) >= 32
    assert token not in bot.text
    assert token not in (tmp_path / "logs" / "connector.log").read_text()
