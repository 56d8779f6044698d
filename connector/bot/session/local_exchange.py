"""The local exchange a bot trades on: one of its own in a process beside it, or a running one.

A process of its own ends with the bot, however the bot ends: it holds the other end of a pipe that closes with us.
The key is made up by the exchange at its start, so a new key means a new epoch of the exchange.
"""

import asyncio
import contextlib
import json
import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from connector.core.faults import OptionFault, UnavailableFault, failure_text
from connector.core.figures import MOST_ID, FigureError, whole, word
from connector.core.secrets import Secret
from connector.exchange.account.factor_permit import EVERYTHING
from connector.net.http import Http, NoAnswer
from connector.net.sign import HmacSigner, Signer
from connector.venue.domains import LOCAL, Domain, is_loopback

_LOG = logging.getLogger(__name__)
_START_WITHIN_S = 30.0
_ANSWER_WITHIN_S = 2.0
#: One that is busy at its start, or far away, is waited for so long, once.
_FIRST_ANSWER_WITHIN_S = 15.0
_END_WITHIN_S = 5.0
_EIGHT_HOURS_S = 28_800


@dataclass(frozen=True, slots=True)
class OwnMarket:
    """What an exchange of our own is started with; None where it was not said."""

    seed: int | None = None
    #: An exchangeInfo file of the contracts that it lists.
    instruments: Path | None = None
    #: What its price does, such as `crash@30`.
    price_script: str | None = None

    @property
    def started_with(self) -> tuple[int, Path | None, str | None]:
        """What `started` takes."""
        return 1 if self.seed is None else self.seed, self.instruments, self.price_script

    @property
    def given(self) -> dict[str, object]:
        """The options that say so, and what they say."""
        return {"--seed": self.seed, "--price-script": self.price_script, "--instruments": self.instruments}


@dataclass(frozen=True, slots=True)
class ExchangeEpoch:
    """One epoch of an exchange: its name, and what signs there; a local one made up the key."""

    name: str
    signer: Signer


class LocalVenue:
    """Where a local exchange is, and the process if it is our own."""

    def __init__(
        self,
        domain: Domain,
        process: asyncio.subprocess.Process | None = None,
        say: Callable[[str], object] = _LOG.warning,
    ) -> None:
        """`say` is told when its first answer is slow."""
        self.domain = domain
        self.permit = EVERYTHING
        self.data_of, self.is_rehearsal = "", False
        self._process = process
        self._say = say
        self._was_heard = False

    @property
    def recording(self) -> asyncio.StreamWriter:
        """What a market that is played while it is written is written to. Raises `UnavailableFault` without one."""
        if self._process is None or self._process.stdin is None:
            raise UnavailableFault("a local exchange of somebody else takes no recording")
        return self._process.stdin

    @property
    def ends_with_us(self) -> bool:
        """Whether it is our own process: what is open there ends with it."""
        return self._process is not None

    @property
    def how_to_restart(self) -> str:
        """What a user types to start it again at the same place."""
        return f"start it again: {start_command()} --port {urlsplit(self.domain.rest).port}"

    @property
    def has_ended(self) -> bool:
        """Whether it was our own and its process is over: nothing can be open there any more."""
        return self._process is not None and self._process.returncode is not None

    async def epoch(self) -> ExchangeEpoch:
        """Asks for the present epoch. Raises `UnavailableFault` when nobody answers."""
        row = await self._ask("/local/v1/account")
        try:
            key, secret, life = (word(row[name], name) for name in ("api_key", "api_secret", "life"))
        except (KeyError, FigureError) as error:
            raise UnavailableFault(f"{self.domain.rest} is not a local exchange ({failure_text(error)})") from error
        if not (key.isascii() and key.isprintable()):
            raise UnavailableFault(f"{self.domain.rest} is not a local exchange: its key is none")
        return ExchangeEpoch(life, HmacSigner(Secret(key), Secret(secret)))

    async def background(self) -> str:
        """What its background market did, in words; empty when it does not answer."""
        try:
            row = await self._ask("/local/v1/background")
            seed, commands = (whole(row[name], name, -MOST_ID) for name in ("seed", "commands"))
            digest, fingerprint = (word(row[name] or "", name)[:16] for name in ("hash", "fingerprint"))
        except (UnavailableFault, KeyError, FigureError):
            return ""
        first = f", of the first 1,000 {fingerprint}" if fingerprint else ""
        return f"seed {seed}: {commands} commands, hash {digest}{first}"

    async def is_trading(self) -> bool:
        """Whether the first contract that it lists is open for orders. Raises `UnavailableFault`."""
        row = await self._ask("/fapi/v1/exchangeInfo")
        try:
            return bool(row["symbols"][0]["status"] == "TRADING")  # type: ignore[index]
        except (LookupError, TypeError) as error:
            raise UnavailableFault(f"{self.domain.rest} is not a local exchange: it lists no contract") from error

    async def bring(self, asset: str, amount: int) -> None:
        """Brings money into the wallet of the account that it has ready. Raises `UnavailableFault`."""
        key = (await self.epoch()).signer.api_key.reveal()
        await self._ask(f"/local/v1/transfer?api_key={key}&asset={asset}&amount={amount}", "POST")

    async def stop(self) -> None:
        """Ends our own process; one that we attached to goes on."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(_END_WITHIN_S):
                await self._process.wait()
        except TimeoutError:
            _kill(self._process)
            await self._process.wait()

    def _tell_slow(self, within_s: float) -> None:
        if within_s > _ANSWER_WITHIN_S:
            self._say(f"{self.domain.rest} is slow to answer: it is waited for, {within_s:g} s at most")

    async def _ask(self, path: str, method: str = "GET") -> dict[str, object]:
        address = self.domain.rest + path
        shown = address.partition("?")[0]
        within_s = _ANSWER_WITHIN_S if self._was_heard else _FIRST_ANSWER_WITHIN_S
        slow = asyncio.get_running_loop().call_later(_ANSWER_WITHIN_S, self._tell_slow, within_s)
        http = Http(within_s, through_proxy=False)
        try:
            answer = await http.send(method, address, {})
            self._was_heard = True
            row = json.loads(answer.body)
        except NoAnswer as error:
            if error.sent:
                raise UnavailableFault(
                    f"{self.domain.rest} took the question and did not answer within {within_s:g} s: it hangs, or is "
                    "overloaded; look at it, then try again"
                ) from error
            raise UnavailableFault(f"no exchange answers at {self.domain.rest}; start it: {start_command()}") from error
        except (ValueError, RecursionError) as error:
            raise UnavailableFault(f"{shown} is not a local exchange: its answer is not JSON") from error
        finally:
            slow.cancel()
            await http.close()
        if answer.status != 200 or not isinstance(row, dict):
            raise UnavailableFault(f"{shown} is not a local exchange: it answered HTTP {answer.status}")
        return row


def attached(url: str, say: Callable[[str], object] = _LOG.warning) -> LocalVenue:
    """The local exchange at `url`, such as `http://127.0.0.1:8080`; `say` is told when its first answer is slow."""
    if not url.startswith("http://") or not is_loopback(url):
        raise OptionFault("--exchange", url, "must be the address of a local exchange", "such as http://127.0.0.1:8080")
    root = url.rstrip("/")
    socket_root = "ws://" + root.removeprefix("http://")
    return LocalVenue(LOCAL.at(root, socket_root, f"{socket_root}/ws-fapi/v1"), say=say)


async def started(
    seed: int, instruments: Path | None = None, price_script: str | None = None, *, replays_stdin: bool = False
) -> LocalVenue:
    """A local exchange of our own, in a process beside this one, on a free port; with the contracts of a file
    and a price that does what a script says.
    `replays_stdin`: its market is the recording that is written to its standard input, and its time is the venue's.

    Raises `UnavailableFault` where it does not start; it says itself what is wrong with the file.
    """
    listed = () if instruments is None else ("--instruments", str(instruments))
    scripted = () if price_script is None else ("--price-script", price_script)
    market = ("--replay", "-", "--funding-every", str(_EIGHT_HOURS_S)) if replays_stdin else ()
    command = ("-m", "connector", "simulator", "--port", "0", "--seed", str(seed), "--json", "--until-stdin-closes")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        *listed,
        *scripted,
        *market,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # Ctrl-C reaches the whole group of a terminal: our exchange must outlive our own cancels.
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    if process.stdout is None:
        raise AssertionError("a pipe was asked for")
    try:
        async with asyncio.timeout(_START_WITHIN_S):
            line = await process.stdout.readline()
        row = json.loads(line)
        return LocalVenue(LOCAL.at(row["rest"], row["stream"], row["ws_api"]), process)
    except asyncio.CancelledError:
        _kill(process)
        raise
    except (TimeoutError, ValueError, KeyError) as error:
        _kill(process)
        await process.wait()
        how = " ".join((start_command(), *listed, *scripted, *market))
        raise UnavailableFault(f"the local exchange did not start; try {how} to see why") from error


def _kill(process: asyncio.subprocess.Process) -> None:
    """Ends a process that may have ended by itself in the moment before."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()


def start_command() -> str:
    """What a user types to start a local exchange: the script of a clone, else the installed command."""
    is_clone = (Path(__file__).parents[3] / "scripts" / "simulator").is_file()
    return "scripts/simulator" if is_clone else "connector simulator"
