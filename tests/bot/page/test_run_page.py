"""Who may see a running bot's page, and who may not; a browser looks at it in `tests/flows/test_run_page.py`."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientResponse, ClientSession

from connector.bot.page.run_page import FILES, HEADER, POLICY, RunPage, page_file
from connector.bot.report.accounting import Accounting
from connector.bot.report.states import StrategyFacts
from connector.bot.report.status_source import StatusSource
from connector.bot.watched_run import Steering, WatchedRun
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR
from tests.companions.virtual_time import loop_clock


@pytest.fixture
def run() -> WatchedRun:
    return WatchedRun()


@pytest.fixture
def stops(run: WatchedRun) -> list[str]:
    told: list[str] = []
    run.steering = Steering(lambda: told.append("stop"))
    return told


@pytest.fixture
async def shown(run: WatchedRun) -> AsyncIterator[RunPage]:
    page = RunPage(run, 0, loop_clock(), controls=False)
    async with page.serving():
        yield page


@pytest.fixture
async def controlled(run: WatchedRun) -> AsyncIterator[RunPage]:
    page = RunPage(run, 0, loop_clock(), controls=True)
    async with page.serving():
        yield page


def token_of(page: RunPage) -> str:
    return page.link.partition("#")[2]


async def asked(page: RunPage, path: str, method: str = "GET", **headers: str) -> ClientResponse:
    async with ClientSession() as session, session.request(method, f"{page.address}{path}", headers=headers) as answer:
        await answer.read()
        return answer


async def known(page: RunPage, path: str, method: str = "GET", **headers: str) -> ClientResponse:
    """By who has the link."""
    return await asked(page, path, method, **{HEADER: token_of(page), **headers})


async def test_the_files_hold_nothing_of_the_run_and_ask_for_nothing_beyond_this_machine(shown: RunPage) -> None:
    for path in FILES:
        answer = await asked(shown, path)
        assert answer.status == 200
        text = await answer.text()
        assert token_of(shown) not in text
        assert "//" not in re.sub(r"http://www\.w3\.org/2000/svg|^\s*// .*$", "", text, flags=re.MULTILINE)
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert "Set-Cookie" not in answer.headers


def test_the_page_has_no_script_and_no_style_within_it() -> None:
    html = page_file("/")[0].decode()
    assert not re.search(r"<style|<script>|\sstyle=|\son\w+=", html)
    script = page_file("/page.js")[0].decode()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|\.style\b", script)
    assert "'unsafe" not in POLICY


@pytest.mark.parametrize("path", ["/view", "/pause", "/stop", "/elsewhere"])
async def test_without_the_token_nothing_is_told_and_nothing_is_done(
    controlled: RunPage, stops: list[str], path: str
) -> None:
    token = token_of(controlled)
    for headers in ({}, {HEADER: ""}, {HEADER: token[:-1]}, {"Cookie": f"{HEADER}={token}"}, {"Authorization": token}):
        for method in ("GET", "POST"):
            answer = await asked(controlled, f"{path}?token={token}", method, **headers)
            assert answer.status == 401
    assert stops == []


async def test_a_foreign_page_and_a_foreign_name_are_refused_even_with_the_token(
    controlled: RunPage, stops: list[str]
) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}):
        assert (await known(controlled, "/stop", "POST", **headers)).status == 403
    assert stops == []


async def test_a_foreign_page_is_not_allowed_to_add_the_header(controlled: RunPage) -> None:
    headers = {"Origin": "http://127.0.0.1:1", "Access-Control-Request-Method": "POST"}
    answer = await asked(controlled, "/stop", "OPTIONS", **headers, **{"Access-Control-Request-Headers": HEADER})
    assert answer.status == 401
    assert not [name for name in answer.headers if name.startswith("Access-Control")]


async def test_a_page_that_may_only_look_has_no_way_to_act(shown: RunPage, stops: list[str]) -> None:
    for path in ("/pause", "/resume", "/stop"):
        assert (await known(shown, path, "POST")).status == 404
    assert (await (await known(shown, "/view")).json())["control"] is None
    assert stops == []


async def test_a_stop_is_told_once_however_often_it_is_asked_for(controlled: RunPage, stops: list[str]) -> None:
    assert (await known(controlled, "/stop")).status == 405
    for _ in range(3):
        assert (await known(controlled, "/stop", "POST")).status == 204
    assert stops == ["stop"]
    assert (await (await known(controlled, "/view")).json())["control"]["is_stopping"] is True


async def test_a_pause_shuts_the_gate_by_its_name_and_resuming_opens_it(
    controlled: RunPage, run: WatchedRun, connector: PerpetualDerivative
) -> None:
    openings = connector.openings
    run.steering = Steering(lambda: None, openings.shut, openings.release)
    run.begin(StatusSource(connector, Accounting(PAIR), PAIR))
    assert (await known(controlled, "/pause", "POST")).status == 204
    assert connector.openings.shut_by == ("pause",)
    told = await (await known(controlled, "/view")).json()
    assert told["control"] == {"is_paused": True, "is_stopping": False}
    assert (told["status"]["state"]["name"], "pause" in told["status"]["state"]["reason"]) == ("paused", True)
    assert (await known(controlled, "/resume", "POST")).status == 204
    assert connector.openings.is_open


async def test_a_strategy_is_paused_by_its_name_and_one_that_is_not_run_is_not_there(
    controlled: RunPage, run: WatchedRun, connector: PerpetualDerivative
) -> None:
    paused: set[str] = set()
    run.steering = Steering(pause=paused.add, resume=paused.discard)
    assert (await known(controlled, "/pause?strategy=eth", "POST")).status == 404
    source = StatusSource(connector, Accounting(PAIR), PAIR)
    source.strategies = lambda: (StrategyFacts("a & b", "mine", (PAIR,), 0, 0),)
    run.begin(source)
    for path in ("/pause?strategy=eth", "/stop?strategy=a%20%26%20b", "/stop?strategy=eth"):
        assert (await known(controlled, path, "POST")).status == 404
    assert (await asked(controlled, "/pause?strategy=a%20%26%20b", "POST")).status == 401
    assert paused == set()
    assert (await known(controlled, "/pause?strategy=a%20%26%20b", "POST")).status == 204
    assert (paused, connector.openings.is_open) == ({"a & b"}, True)
    assert (await known(controlled, "/resume?strategy=a%20%26%20b", "POST")).status == 204
    assert paused == set()


async def test_a_link_is_new_with_each_run(run: WatchedRun) -> None:
    links = {token_of(RunPage(run, 0, loop_clock(), controls=False)) for _ in range(3)}
    assert len(links) == 3
    assert all(len(link) >= 32 for link in links)


@pytest.mark.parametrize("since", ["", "-1", "1e9", "x", "9" * 40, "²"])
async def test_a_moment_that_is_none_is_the_beginning(shown: RunPage, since: str) -> None:
    assert (await known(shown, f"/view?since={since}")).status == 200


async def test_a_token_of_any_bytes_is_refused_like_every_wrong_one(
    shown: RunPage, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(shown.address.rpartition(":")[2]))
    writer.write(b"GET /view HTTP/1.1\r\nHost: 127.0.0.1\r\n" + HEADER.encode() + b": \xff\r\n\r\n")
    assert b" 401 " in await reader.readline()
    writer.close()
    assert caplog.text == ""
