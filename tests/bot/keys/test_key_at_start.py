"""A run of the testnet or live begins with its key: unlocked, checked, or refused with the code that says why."""

import asyncio
import time
from decimal import Decimal
from pathlib import Path

import pytest

from connector.bot.keys.key_at_start import key_at_start
from connector.bot.keys.key_check import Findings, check_key
from connector.bot.keys.key_home import KeyHome
from connector.bot.session.local_exchange import attached
from connector.core.faults import ApprovalFault, KeyStoreFault, NoKeyFault
from connector.core.secrets import Secret
from connector.keys.approvals import Approved
from connector.keys.credentials import Credentials
from connector.keys.key_store import KeyStore
from connector.keys.one_time_codes import code_at, new_secret
from connector.keys.open_store import OpenStore, created
from connector.keys.re_wrapping import rotate
from connector.keys.second_factor import SecondFactor
from connector.keys.slots import Unlocking
from connector.simulator.access.signatures import Rights
from connector.simulator.server import LocalExchange
from connector.venue.domains import Domain
from tests.companions.flows.programs import home_with, started
from tests.companions.keys.canaries import secret_file
from tests.companions.keys.factors import guarded_home
from tests.companions.keys.stores import API_KEY, API_SECRET, PASSWORD, TESTNET, key_for, opened, store_at
from tests.companions.keys.typists import Answer, Typist, cheap_home, typed

LOCAL = "binance_perpetual_local"


def home_of(folder: Path, key: Credentials) -> KeyHome:
    """A home with that key, whose password lies in a file."""
    created(KeyStore(folder / "conf" / "connectors"), key, Secret(PASSWORD))
    secret_file(folder / "word", PASSWORD)
    return KeyHome(folder, f"file:{folder / 'word'}")


async def test_a_good_key_is_handed_on_as_what_signs_and_its_check_is_dated(
    venue: LocalExchange, tmp_path: Path
) -> None:
    keys = home_of(tmp_path, key_for(LOCAL, venue.api_key, venue.api_secret))
    keyed = await asyncio.to_thread(key_at_start, keys, attached(venue.rest).domain, check_key)
    assert (await keyed.epoch()).signer.api_key.reveal() == venue.api_key
    assert keys.store.facts()[0].checked


async def test_a_key_that_was_removed_or_sealed_anew_while_it_is_traded_with_ends_no_run_badly(
    venue: LocalExchange, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = home_of(tmp_path, key_for(LOCAL, venue.api_key, venue.api_secret))
    for meddle in (
        lambda: rotate(keys.store, {LOCAL: Unlocking.by_password(PASSWORD)}),
        lambda: keys.store.remove(LOCAL),
    ):
        keyed = await asyncio.to_thread(key_at_start, keys, attached(venue.rest).domain, check_key)
        meddle()
        await keyed.stop()
        assert "let go of the key" in keys.audit.path.read_text().splitlines()[-1]
        assert "not written or not sealed in the audit log: let go of the key" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("key", "secret", "code"),
    [(None, API_SECRET, "-1022"), (API_KEY, None, "-2015|-2008"), ("short-key", None, "-2014")],
)
async def test_a_key_that_the_exchange_refuses_starts_nothing(
    venue: LocalExchange, tmp_path: Path, key: str | None, secret: str | None, code: str
) -> None:
    keys = home_of(tmp_path, key_for(LOCAL, key or venue.api_key, secret or venue.api_secret))
    with pytest.raises(NoKeyFault, match=code):
        await asyncio.to_thread(key_at_start, keys, attached(venue.rest).domain, check_key)
    assert not keys.store.facts()[0].checked


async def test_what_a_preflight_refuses_is_all_told_in_one_line(venue: LocalExchange, tmp_path: Path) -> None:
    async def finds(domain: Domain, credentials: Credentials) -> Findings:
        return Findings(("fine",), (f"{domain.title}: may withdraw", f"no futures for {credentials.kind}"))

    keys = home_of(tmp_path, key_for(LOCAL, venue.api_key, venue.api_secret))
    with pytest.raises(NoKeyFault, match="local exchange: may withdraw; no futures for HMAC"):
        await asyncio.to_thread(key_at_start, keys, attached(venue.rest).domain, finds)


def withdrawing_home(folder: Path, venue: LocalExchange) -> KeyHome:
    """A home whose key may withdraw; its stores cost nothing to open."""
    key = venue.admit(Decimal(10_000), rights=Rights(withdrawals=True))
    created(store_at(folder), key_for(LOCAL, key.api_key, key.api_secret), Secret(PASSWORD))
    return cheap_home(folder)


async def starts(keys: KeyHome, venue: LocalExchange, *, accepts_withdraw: bool = False) -> list[str]:
    """What is said; the key is let go of at once."""
    said: list[str] = []
    domain = attached(venue.rest).domain
    keyed = await asyncio.to_thread(
        lambda: key_at_start(keys, domain, check_key, said.append, accepts_withdraw=accepts_withdraw)
    )
    await keyed.stop()
    return said


async def test_a_key_that_may_withdraw_is_accepted_once_and_that_is_said_at_each_start(
    venue: LocalExchange, tmp_path: Path
) -> None:
    keys = withdrawing_home(tmp_path, venue)
    keys.terminal = Typist(*typed(PASSWORD))
    with pytest.raises(NoKeyFault, match="--accept-withdraw-permission of connect or run"):
        await starts(keys, venue)
    for accepts in (True, False):
        keys.terminal = typist = Typist(*typed(PASSWORD))
        said = await starts(keys, venue, accepts_withdraw=accepts)
        assert any("the key may withdraw, which was accepted" in line for line in said)
        assert typist.is_done
    assert opened(store_at(tmp_path), LOCAL).credentials().accepts_withdraw
    assert keys.audit.path.read_text().count("accepted withdrawals") == 1


async def test_a_preflight_that_fails_accepts_nothing(venue: LocalExchange, tmp_path: Path) -> None:
    async def finds(domain: Domain, credentials: Credentials) -> Findings:
        assert credentials.accepts_withdraw
        return Findings((), ("no futures",))

    keys = withdrawing_home(tmp_path, venue)
    keys.terminal = Typist(*typed(PASSWORD))
    with pytest.raises(NoKeyFault, match="no futures"):
        await asyncio.to_thread(key_at_start, keys, attached(venue.rest).domain, finds, accepts_withdraw=True)
    assert not opened(store_at(tmp_path), LOCAL).credentials().accepts_withdraw


async def test_nothing_is_accepted_by_a_password_that_lies_about_or_by_an_approval(
    venue: LocalExchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = withdrawing_home(tmp_path, venue)
    monkeypatch.setenv("CONNECTOR_PASSWORD", PASSWORD)
    with pytest.raises(KeyStoreFault, match="this needs the password itself"):
        await starts(keys, venue, accepts_withdraw=True)
    secret, step = new_secret(), int(time.time()) // 30
    factor = SecondFactor(opened(store_at(tmp_path), LOCAL))
    assert factor.enable(secret, code_at(secret, step), 50)
    factor.approve(Approved.UNLOCK, 0, 3_600)
    keys.terminal = Typist(*typed(PASSWORD), ("accept that the key can move money out", None))
    with pytest.raises(ApprovalFault):
        await starts(keys, venue, accepts_withdraw=True)
    assert not opened(store_at(tmp_path), LOCAL).credentials().accepts_withdraw
    code = code_at(secret, step + 1)
    keys.terminal = Typist(*typed(PASSWORD), ("accept that the key can move money out", code))
    await starts(keys, venue, accepts_withdraw=True)
    assert opened(store_at(tmp_path), LOCAL).credentials().accepts_withdraw


@pytest.mark.parametrize("accepts_withdraw", [False, True])
async def test_a_start_that_is_refused_leaves_no_store_open(
    venue: LocalExchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, accepts_withdraw: bool
) -> None:
    keys, stores = withdrawing_home(tmp_path, venue), list[OpenStore]()
    monkeypatch.setattr(keys, "opened_by", lambda *way: stores.append(OpenStore.at(keys.store, *way)) or stores[-1])
    leaves: Answer = ("", None)
    keys.terminal = Typist(*typed(PASSWORD))
    if accepts_withdraw:
        secret_file(tmp_path / "connector-password", PASSWORD)
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
        keys.terminal = Typist(leaves)
    with pytest.raises((NoKeyFault, KeyStoreFault)):
        await starts(keys, venue, accepts_withdraw=accepts_withdraw)
    assert stores
    for store in stores:
        with pytest.raises(KeyStoreFault):
            store.credentials()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--password-from", "file:{home}/word"), 5, "demo-fapi.binance.com"),
        (("--password-from", "file:{home}/wrong"), 11, "wrong password"),
        ((), 11, "no password for the key store, and no terminal to ask at; --password-from stdin, fd:N"),
        (("--password-from", "a word itself"), 3, "is no source of a password"),
    ],
)
async def test_a_run_without_network_or_password_ends_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, said: str
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    home_of(home_with(tmp_path), key_for(TESTNET))
    secret_file(tmp_path / "wrong", "another password")
    options = [word.format(home=tmp_path) for word in words]
    async with started("run", "--domain", TESTNET, *options, home=tmp_path) as bot:
        assert await bot.ends(20) == code, bot.text
    assert len(bot.lines) == 1, bot.text
    assert said in bot.text
    assert PASSWORD not in bot.text and API_SECRET not in bot.text


async def test_options_of_the_local_exchange_are_refused_for_another_domain(tmp_path: Path) -> None:
    home_with(tmp_path)
    async with started("run", "--domain", TESTNET, "--exchange", "http://127.0.0.1:9", home=tmp_path) as bot:
        assert await bot.ends(20) == 2, bot.text
    assert bot.text.startswith(
        f"--exchange: http://127.0.0.1:9: is for the local exchange, not for {TESTNET}; leave it"
    )


async def test_a_run_that_nobody_watches_ends_before_it_asks_the_exchange_where_its_unlock_is_not_approved(
    tmp_path: Path,
) -> None:
    guarded_home(home_with(tmp_path), TESTNET)
    words = ("run", "--domain", TESTNET, "--password-from", f"file:{tmp_path / 'word'}")
    async with started(*words, home=tmp_path) as bot:
        assert await bot.ends(20) == 12, bot.text
    assert len(bot.lines) == 1, bot.text
    assert f"connector approve unlock --domain {TESTNET} --for 30d" in bot.text
