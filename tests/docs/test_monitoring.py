"""The page of metrics and the board: each figure that is named exists, and each that exists is named."""

import re

from connector.bot.metrics.endpoint import MetricsEndpoint
from connector.bot.report.accounting import Accounting
from connector.bot.report.status_source import StatusSource
from connector.bot.watched_run import WatchedRun
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.documents.board import BOARD, expressions
from tests.companions.documents.pages import page
from tests.companions.local_trading import PAIR, D, EventLog, until
from tests.companions.scrapes import taken

#: What there is only while something is wrong, or of processes.
AT_TIMES = {"connector_refusals_total", "connector_openings_paused", "connector_stream_silences_total",
           "connector_limit_used", "connector_limit_bound", "connector_limit_struck"}  # fmt: skip
ENDINGS = ("_bucket", "_count", "_sum", "_created")


async def told(connector: PerpetualDerivative, log: EventLog) -> set[str]:
    """The names of a run that holds a position."""
    run = WatchedRun()
    endpoint = MetricsEndpoint(run, 0, "a token")
    source = StatusSource(connector, books := Accounting(PAIR), PAIR)
    books.open("USDT", connector.get_balance("USDT"), D(0))
    source.begin()
    run.begin(source)
    connector.sell(PAIR, D("0.004"), OrderType.MARKET)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await until(lambda: PAIR in connector.account_positions, "the position")
    names = {name for name, _ in taken(endpoint.families())}
    return {re.sub(f"({'|'.join(ENDINGS)})$", "", name) for name in names} | AT_TIMES


async def test_every_figure_of_the_board_is_told_by_a_run(connector: PerpetualDerivative, log: EventLog) -> None:
    names = await told(connector, log)
    shown = {name for text in expressions() for name in re.findall(r"\b(?:connector|process)_\w+", text)}
    assert shown, "it shows nothing"
    assert {re.sub("_bucket$", "", name) for name in shown} <= names


async def test_every_figure_is_explained(connector: PerpetualDerivative, log: EventLog) -> None:
    text = page("monitoring.md")
    for name in await told(connector, log):
        if name.startswith("connector_position_"):
            assert f"`{name.removeprefix('connector_position')}`" in text, name
        elif name.startswith("connector_socket_"):
            assert f"`{name.removeprefix('connector_socket')}`" in text or f"`{name}`" in text, name
        elif name.startswith("connector_"):
            assert f"`{name}`" in text, name


def test_panels_have_numbers_of_their_own_and_lie_beside_each_other() -> None:
    panels = BOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken_cells: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] >= 0 and place["x"] + place["w"] <= 24, panel["title"]
        cells = {(place["x"] + column, place["y"] + line) for column in range(place["w"]) for line in range(place["h"])}
        assert not cells & taken_cells, panel["title"]
        taken_cells |= cells


def test_every_question_is_of_the_chosen_prometheus_job_and_bot() -> None:
    assert {panel["datasource"]["uid"] for panel in BOARD["panels"] if "datasource" in panel} == {"${datasource}"}
    for text in expressions():
        selectors = re.findall(r"\{[^}]*\}", text)
        assert selectors, text
        assert all('job=~"$job"' in one and 'instance=~"$instance"' in one for one in selectors), text
    assert [row["name"] for row in BOARD["templating"]["list"]] == ["datasource", "job", "instance"]
