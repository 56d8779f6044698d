import asyncio
import io
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from connector.simulator.command import (
    BAD_INPUT,
    PORT_TAKEN,
    USAGE,
    run_simulator,
    serve,
)
from connector.simulator.network_access import Access, Limits
from connector.simulator.persistence.saved_state import load
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import QUIET
from tests.companions.simulator.recordings import SNAPSHOT, depth, written


@asynccontextmanager
async def simulator(*arguments: object) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command in a process of its own; ended at the latest here."""
    code = "import sys; from connector.simulator.network_access import Access, Limits; "
    code += "from connector.simulator.command import run_simulator; "
    code += f"sys.exit(run_simulator({', '.join(repr(argument) for argument in arguments)}))"
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), asyncio.subprocess.PIPE)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, **pipes)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line(process: asyncio.subprocess.Process) -> Any:
    assert process.stdout is not None
    async with asyncio.timeout(20):
        return json.loads(await process.stdout.readline())


async def ended(process: asyncio.subprocess.Process) -> int:
    async with asyncio.timeout(20):
        return await process.wait()


async def test_one_json_line_says_that_it_is_ready_and_one_what_it_did() -> None:
    async with simulator(0, 7, True, False) as process:
        ready = await line(process)
        assert set(ready) == {"rest", "stream", "ws_api", "api_key", "api_secret"}
        async with aiohttp.ClientSession() as session, session.get(f"{ready['rest']}/fapi/v1/ping") as reply:
            assert reply.status == 200
        process.send_signal(signal.SIGTERM)
        assert set(await line(process)) == {
            "seed", "commands", "hash", "fingerprint", "skipped_steps", "deferred_moves"
        }  # fmt: skip
        assert await ended(process) == 0


async def test_a_recording_on_standard_input_is_the_market_as_it_comes_and_ends_the_exchange_with_it() -> None:
    begin = "import sys; from pathlib import Path; from connector.simulator.command import run_simulator; "
    begin += "from connector.simulator.flags import SimulationFlags; "
    code = begin + "sys.exit(run_simulator(0, 1, True, True, drill=SimulationFlags(replay=Path('-'))))"
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), asyncio.subprocess.PIPE)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, **pipes)
    assert process.stdin is not None
    depth_of = f"{(await line(process))['rest']}/fapi/v1/depth?symbol=BTCUSDT&limit=5"
    process.stdin.write(f"1 {json.dumps({'stream': 'btcusdt@snapshot', 'data': SNAPSHOT})}\n".encode())
    async with aiohttp.ClientSession() as session, asyncio.timeout(10):
        bids: list[list[str]] = []
        while not bids:
            async with session.get(depth_of) as reply:
                bids = (await reply.json())["bids"]
    assert bids == SNAPSHOT["bids"]
    process.stdin.close()
    assert "hash" in await line(process)
    assert await ended(process) == 0
    _, told = await process.communicate()
    assert told == b"", "who writes a recording knows where it ends"


async def test_a_recording_that_is_over_is_told_once_and_the_exchange_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = written(tmp_path, [SNAPSHOT, depth(101, bids=[["60000.00", "0.400"]])])
    out = io.StringIO()
    settings = replace(QUIET, replay=recording)
    serving = asyncio.create_task(serve(settings, as_json=True, until_stdin_closes=False, out=out))
    told = ""
    async with asyncio.timeout(10):
        while not told:
            await asyncio.sleep(0.01)
            told = capsys.readouterr().err
    rest = json.loads(out.getvalue())["rest"]
    async with aiohttp.ClientSession() as session, session.get(f"{rest}/fapi/v1/ping") as reply:
        assert reply.status == 200
    os.kill(os.getpid(), signal.SIGINT)
    assert await asyncio.wait_for(serving, 10) == 0
    assert told + capsys.readouterr().err == (
        "the recording is over: its last book stands and nobody else trades; start again to play it anew\n"
    )


async def test_it_ends_with_its_parents_pipe() -> None:
    async with simulator(0, 7, True, True) as process:
        await line(process)
        assert process.stdin is not None
        process.stdin.close()
        assert (await line(process))["seed"] == 7
        assert await ended(process) == 0


async def test_a_taken_port_is_one_line_and_its_own_exit_code() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with simulator(port, 7, True, False) as process:
            assert await ended(process) == PORT_TAKEN == 5
            assert process.stderr is not None
            text = (await process.stderr.read()).decode()
    assert text == f"port {port} on 127.0.0.1 is taken; choose another one or 0 for a free one\n"


async def test_plain_text_names_every_address() -> None:
    out = io.StringIO()
    serving = asyncio.create_task(serve(QUIET, as_json=False, until_stdin_closes=False, out=out))
    async with asyncio.timeout(10):
        while not out.getvalue():
            await asyncio.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)
    assert await asyncio.wait_for(serving, 10) == 0
    words = [text.split(": ")[0] for text in out.getvalue().splitlines()]
    addresses = ["rest", "stream", "ws_api", "api_key", "api_secret"]
    assert words == [*addresses, "seed", "commands", "hash", "fingerprint", "skipped_steps", "deferred_moves"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "exchange.example", "127.0.0.1.example"])
def test_an_address_beyond_loopback_is_refused_in_one_line(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_simulator(0, 7, True, False, Access(host)) == USAGE == 2
    reply = capsys.readouterr()
    assert reply.err.startswith(f"{host} is not loopback: ") and reply.err.count("\n") == 1 and not reply.out
    assert "--allow-network" in reply.err


async def test_the_limits_in_force_are_those_that_exchange_info_tells() -> None:
    async with simulator(0, 7, True, False, Access(limits=Limits(times=10.0))) as process:
        ready = await line(process)
        async with aiohttp.ClientSession() as session, session.get(f"{ready['rest']}/fapi/v1/exchangeInfo") as reply:
            rows = (await reply.json())["rateLimits"]
    assert {row["limit"] for row in rows} == {24_000, 3_000, 12_000}


@asynccontextmanager
async def typed(*words: object) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command as a person types it."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), asyncio.subprocess.PIPE)
    command = (sys.executable, "-m", "connector", "simulator", "--json", *map(str, words))
    process = await asyncio.create_subprocess_exec(*command, **pipes)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def account_of(rest: str) -> Any:
    async with aiohttp.ClientSession() as session, session.get(f"{rest}/local/v1/account") as reply:
        return await reply.json()


async def test_a_journaled_run_is_done_again_by_command(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    async with typed("--port", 0, "--journal", journal, "--price-script", "crash", "--clock", "x20") as process:
        await line(process)
        async with asyncio.timeout(20):
            while journal.read_text().count('"do"') <= 100:
                await asyncio.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        await line(process)
        assert await ended(process) == 0
    async with typed("--replay-journal", journal) as process:
        reply = await line(process)
        assert await ended(process) == 0
    assert reply["agrees"] is True and reply["hash"] == reply["recorded"] and reply["commands"] > 100


async def test_an_exchange_with_a_state_file_comes_back_as_it_was(tmp_path: Path) -> None:
    lives = []
    for _ in range(2):
        async with typed("--port", 0, "--state", tmp_path / "state") as process:
            ready = await line(process)
            lives.append((await account_of(ready["rest"])) | {"key": ready["api_key"]})
            process.send_signal(signal.SIGTERM)
            await line(process)
            assert await ended(process) == 0
    assert lives[0] == lives[1]


async def test_a_state_file_is_kept_while_the_exchange_runs(tmp_path: Path) -> None:
    settings = replace(QUIET, state=tmp_path / "state", state_every_s=0.02)
    async with LocalExchange(settings) as venue:
        async with asyncio.timeout(10):
            while not (tmp_path / "state").exists():
                await asyncio.sleep(0.01)
        epoch_name = venue.runtime.epoch_name
    kept = load(tmp_path / "state")
    assert kept is not None and kept.name == epoch_name


@pytest.mark.parametrize(
    "words",
    [
        ("--clock", "fast"),
        ("--price-script", "boom"),
        ("--replay", "nothing"),
        ("--replay-journal", "nothing"),
        ("--faults", "none.yml"),
    ],
)
async def test_a_flag_that_is_wrong_is_one_line_and_its_own_exit_code(words: tuple[str, str]) -> None:
    async with typed("--port", 0, *words) as process:
        assert await ended(process) == (USAGE if words[0] == "--clock" else BAD_INPUT)
        assert process.stderr is not None
        (reply,) = (await process.stderr.read()).decode().splitlines()
    assert words[1] in reply


async def test_a_script_of_faults_strikes_without_being_asked(tmp_path: Path) -> None:
    script = tmp_path / "storm.yml"
    script.write_text("- {at_s: 0.1, fault: trading_halt, symbol: BTCUSDT}")
    async with typed("--port", 0, "--until-stdin-closes", "--faults", script) as process:
        rest = (await line(process))["rest"]
        async with aiohttp.ClientSession() as session, asyncio.timeout(20):
            halted: list[str] = []
            while not halted:
                async with session.get(f"{rest}/fapi/v1/exchangeInfo") as reply:
                    symbols = (await reply.json())["symbols"]
                halted = [row["symbol"] for row in symbols if row["status"] == "TRADING_HALT"]
                await asyncio.sleep(0.05)
        assert halted == ["BTCUSDT"]
