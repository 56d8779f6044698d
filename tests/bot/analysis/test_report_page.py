"""The report as a file: it needs nothing else, escapes what it shows, and is drawn in a browser, wide and narrow."""

import re
from decimal import Decimal as D
from pathlib import Path

import pytest

from connector.bot.analysis.report_figures import AccountReport
from connector.bot.analysis.report_page import report_page
from tests.bot.analysis.test_report_figures import of_two, reported
from tests.companions.flows.browser import CHROMIUM, page_at

pytest.importorskip("plotly", reason="the extra report is not installed")

TITLES = ".js-plotly-plot .annotation-text, .js-plotly-plot .gtitle"
#: The titles that a button lies on.
COVERED = f"""(() => {{
  const box = (each) => each.getBoundingClientRect();
  const bars = [...document.querySelectorAll('.modebar-group')].map(box);
  const meets = (one, bar) => one.left < bar.right && bar.left < one.right &&
    one.top < bar.bottom && bar.top < one.bottom;
  return [...document.querySelectorAll({TITLES!r})].filter(each => bars.some(bar => meets(box(each), bar)))
    .map(each => each.textContent);
}})()"""


def whole() -> AccountReport:
    report = reported()
    for at_ms, equity in ((1, "10"), (6_000, "12"), (12_000, "9")):
        money = {
            "kind": "money",
            "pair": "BTC-USDT",
            "mid": "100",
            "equity": equity,
            "position": "0.5",
            "wallet": equity,
        }
        report.add_money({**money, "time_ms": at_ms})
    report.runs = [{"kind": "run", "strategy": "<b>mine</b>", "time_ms": 0}]
    return report


def test_it_names_no_other_file_or_host_and_escapes_what_it_shows() -> None:
    text = report_page([whole()], "All <pairs>")
    outside = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    assert not re.search(r"""(?:src|href)\s*=\s*["']""", outside)
    assert "<link" not in outside and "@import" not in outside
    assert "&lt;b&gt;mine&lt;/b&gt;" in text and "All &lt;pairs&gt;" in text
    for told in (
        "spread captured",
        "4 (99.01 bp)",
        "mid moved for us after 5 s",
        "-4 (-202.02 bp)",
        "-0.3",
        "0.001 BNB",
    ):
        assert told in outside, told
    assert "<td>largest drawdown</td><td>-3</td>" in outside
    assert "<td>equity changed by</td><td>-1</td>" in outside


def test_figures_keep_every_digit_and_what_there_is_none_of_is_not_drawn() -> None:
    report = whole()
    report.money[0]["equity"], report.payments = "-1234567.00000001", []
    text = report_page([report], "All pairs")
    assert "-1,234,567.00000001 → 9" in text
    assert "Fees, summed" in text and "Funding, summed" not in text
    assert "Funding, summed" in report_page([whole()], "All pairs")


def test_a_time_in_which_nothing_was_done_says_so() -> None:
    assert "Nothing was done in that time." in report_page([], "All pairs")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here")
async def test_a_browser_draws_all_of_it_and_it_fits_a_narrow_window(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(report_page([whole()], "All pairs"), encoding="utf-8")
    async with page_at(file.as_uri()) as page:
        await page.until("document.querySelectorAll('.plotly-graph-div .main-svg').length >= 3", 30)
        await page.command(
            "Emulation.setDeviceMetricsOverride", width=400, height=800, deviceScaleFactor=1, mobile=False
        )
        await page.until("window.innerWidth === 400 && document.documentElement.scrollWidth <= 400", 10)
        titles = await page.value(f"[...document.querySelectorAll({TITLES!r})].map(each => each.textContent)")
        assert titles == [
            "Equity",
            "Drawdown",
            "Inventory, BTC",
            "Fills on the price",
            "Funding, summed",
            "Fees, summed",
        ]
        await page.until("[...document.querySelectorAll('.modebar')].length === 3", 10)
        assert await page.value(COVERED) == [], "buttons beside a plot lie on no title"
        spans = await page.value("[...document.querySelectorAll('.js-plotly-plot')].map(p => p.layout.xaxis.range)")
        assert spans[0] == spans[1] == spans[2], "plots of one time stand below each other"
    assert whole().total.spread == D(4)


def test_of_several_strategies_a_table_has_each_and_their_sum() -> None:
    text = report_page([of_two()], "All pairs")
    ((_, *rows),) = [
        re.findall(r"<tr.*?</tr>", table)
        for table in re.findall(r"<table>.*?</table>", text)
        if "<th>strategy" in table
    ]
    cells = [re.findall(r"<td>(.*?)</td>", row)[:5] for row in rows]
    assert cells == [
        ["btc", "BTC-USDT", "2", "394.2", "0"],
        ["eth", "ETH-USDT", "1", "100.6", "-0.7"],
        ["all", "", "3", "494.8", "-0.7"],
    ]
    assert "<th>strategy" not in report_page([whole()], "All pairs"), "one has no table of its own"


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here")
async def test_of_two_pairs_a_browser_draws_each_with_its_own_fills_and_inventory(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(report_page([of_two()], "All pairs"), encoding="utf-8")
    async with page_at(file.as_uri()) as page:
        await page.until(f"document.querySelectorAll({TITLES!r}).length >= 8", 30)
        titles = await page.value(f"[...document.querySelectorAll({TITLES!r})].map(each => each.textContent)")
        of = [["Fills on the price", f"Inventory, {base}"] for base in ("BTC", "ETH")]
        assert titles == ["Equity", "Drawdown", *of[0], *of[1], "Funding, summed", "Fees, summed"]
        heads = await page.value("[...document.querySelectorAll('h3')].map(each => each.textContent)")
        assert heads == ["BTC-USDT", "ETH-USDT", "All pairs"]
        drawn = await page.value(
            "[...document.querySelectorAll('.js-plotly-plot')].slice(1, 3)"
            ".map(p => p.data.filter(d => d.mode === 'markers').map(d => [...d.y]))"
        )
        assert drawn == [[[99, 98.1], []], [[], [50.3]]], "a fill lies on the price of its own pair"
        await page.command(
            "Emulation.setDeviceMetricsOverride", width=400, height=800, deviceScaleFactor=1, mobile=False
        )
        await page.until("window.innerWidth === 400 && document.documentElement.scrollWidth <= 400", 10)
        await page.until("[...document.querySelectorAll('.modebar')].length === 4", 10)
        assert await page.value(COVERED) == [], "buttons beside a plot lie on no title"
