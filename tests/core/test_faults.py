"""Faults carry the decision, and a line that a user can act on."""

import asyncio
import errno
import socket
import ssl
from decimal import Decimal, DecimalException
from pathlib import Path

import aiohttp
import pytest

from connector.core import faults
from connector.core.faults import Blame, ConfigFault, ConnectorFault, Fate, Fault, FaultRule, Retry, failure_text


def test_a_config_fault_names_place_key_value_rule_and_remedy() -> None:
    fault = ConfigFault("bid_spread", "-1", "must be > 0", "use 0.1", "conf/x.yml line 3")
    assert str(fault) == "conf/x.yml line 3: bid_spread: -1: must be > 0; use 0.1"


def test_a_venue_fault_shows_request_code_meaning_text_and_remedy() -> None:
    rule = FaultRule(Fate.NEVER_LIVED, Retry.NEVER, Blame.ACCOUNT, "margin is insufficient", "lower the amount")
    fault = Fault(rule, "POST /fapi/v1/order", code=-2019, http_status=400, text="Margin is insufficient.")
    shown = "POST /fapi/v1/order [-2019] margin is insufficient: Margin is insufficient. (lower the amount)"
    assert str(fault) == shown
    assert fault.rule.fate is Fate.NEVER_LIVED


def test_an_answer_without_a_code_shows_its_status() -> None:
    rule = FaultRule(Fate.UNKNOWN, Retry.NEVER, Blame.VENUE, "the answer did not come")
    assert str(Fault(rule, "POST x", http_status=502)) == "POST x [HTTP 502] the answer did not come"


@pytest.mark.parametrize(
    "name", ["ConfigFault", "UnavailableFault", "AccountingFault", "StopFault", "UnreadableFault", "Fault"]
)
def test_every_fault_is_a_line_for_the_user(name: str) -> None:
    assert issubclass(getattr(faults, name), ConnectorFault)


def closed_port() -> int:
    """Of this machine, where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


async def test_a_host_that_refuses_is_told_without_numbers_whoever_asked() -> None:
    with pytest.raises(OSError) as bare:
        await asyncio.open_connection("127.0.0.1", closed_port())
    async with aiohttp.ClientSession() as client:
        with pytest.raises(aiohttp.ClientConnectorError) as asked:
            await client.get(f"http://127.0.0.1:{closed_port()}")
    assert failure_text(bare.value) == failure_text(asked.value) == "Connection refused"


async def test_a_name_that_nobody_knows_is_told() -> None:
    nobody = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    assert failure_text(nobody) == "Name or service not known"


async def test_what_answers_without_tls_is_told() -> None:
    async def answers(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 no\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answers, "127.0.0.1", 0)
    async with server:
        with pytest.raises(ssl.SSLError) as refused:
            await asyncio.open_connection(*server.sockets[0].getsockname(), ssl=ssl.create_default_context())
    assert failure_text(refused.value).startswith("no TLS comes about: ")


def test_a_certificate_that_is_not_trusted_is_told() -> None:
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
    error.verify_message = "self-signed certificate"
    assert failure_text(error) == "its certificate can't be verified: self-signed certificate"


def test_several_attempts_tell_each_reason_once() -> None:
    tried = f"[Errno {errno.ECONNREFUSED}] Connect call failed ('::1', 1), "
    assert failure_text(OSError(f"Multiple exceptions: {tried}{tried}")) == "Connection refused"


def test_a_file_that_is_not_there_is_told_without_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        (tmp_path / "none").read_text()
    assert failure_text(missing.value) == "No such file or directory"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (TimeoutError(), "no answer in time"),
        (ConnectionResetError(), "Connection reset by peer"),
        (ConnectionError("the peer went away"), "the peer went away"),
        (OSError(), "no reason is told"),
        (RuntimeError(), "no reason is told"),
        (KeyError("serverTime"), "serverTime is missing"),
        (TypeError("'NoneType' object is not subscriptable"), "a part has another form than it should"),
        (ValueError("price: is no number"), "price: is no number"),
    ],
)
def test_what_python_raises_is_told_in_words(error: Exception, text: str) -> None:
    assert failure_text(error) == text


def test_a_figure_that_is_none_is_told() -> None:
    with pytest.raises(DecimalException) as none:
        Decimal("twelve")
    assert failure_text(none.value) == "a figure can't be read"
