"""Every kind of key, good and bad, before the command `connector doctor`: its verdict, the cause that it names first,
and the exit code. The exchange is a local one at the hosts of either domain."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.bot.exit_codes import ExitCode
from connector.core.secrets import Secret
from connector.keys.credentials import Credentials, KeyKind
from connector.keys.key_store import KeyStore
from connector.keys.open_store import created
from connector.simulator.access.api_keys import ApiKey
from connector.simulator.access.signatures import Rights, new_pair
from connector.simulator.server import LocalExchange
from connector.venue.domains import LIVE, TESTNET, Domain
from tests.companions.flows.in_process import done
from tests.companions.flows.programs import started
from tests.companions.keys.canaries import secret_file
from tests.companions.keys.stores import API_KEY, API_SECRET, PASSWORD
from tests.companions.net.far_hosts import FarHosts

HOME = frozenset({"127.0.0.1"})
GOOD = Rights(addresses=HOME)
DAY_MS = 86_400_000
Given = Callable[[LocalExchange, LocalExchange], Credentials]


@dataclass(frozen=True)
class Row:
    """A key, and what is to be said of it."""

    name: str
    #: Makes it, by the domain's own exchange and the other domain's.
    given: Given
    code: ExitCode
    #: The finding that tells it, its verdict, and words of its line or of its first cause.
    check: str
    verdict: str
    says: str
    domain: Domain = LIVE
    options: tuple[str, ...] = ()


def stored(made: ApiKey, key: str | None = None, secret: str | None = None, kind: str | None = None) -> Credentials:
    api_secret = Secret(made.api_secret if secret is None else secret)
    return Credentials("", KeyKind(kind or made.kind), Secret(key or made.api_key), api_secret)


def admitted(exchange: LocalExchange, rights: Rights = GOOD, kind: KeyKind = KeyKind.HMAC) -> ApiKey:
    pair = None if kind is KeyKind.HMAC else new_pair(kind)  # type: ignore[arg-type]
    return exchange.admit(Decimal(10_000), pair, rights)


def of_kind(kind: KeyKind) -> Given:
    return lambda own, other: stored(admitted(own, kind=kind))


def with_rights(**rights: Any) -> Given:
    return lambda own, other: stored(admitted(own, replace(GOOD, **rights)))


def ending(days: int) -> Given:
    return lambda own, other: stored(
        admitted(own, replace(GOOD, trading_ends_ms=time.time_ns() // 1_000_000 + days * DAY_MS + DAY_MS // 2))
    )


def revoked(own: LocalExchange, other: LocalExchange) -> Credentials:
    made = admitted(own)
    own.runtime.api_keys.revoke(made.api_key)
    return stored(made)


def of_the_other(own: LocalExchange, other: LocalExchange) -> Credentials:
    return stored(admitted(other))


def with_a_secret_of_another(kind: KeyKind) -> Given:
    secret = API_SECRET if kind is KeyKind.HMAC else new_pair(kind).private  # type: ignore[arg-type]
    return lambda own, other: stored(admitted(own, kind=kind), secret=secret)


def of_another_kind(own: LocalExchange, other: LocalExchange) -> Credentials:
    return stored(admitted(own, kind=KeyKind.RSA), secret=API_SECRET, kind="HMAC")


def broken(kind: KeyKind) -> Given:
    """Its private half lacks a line."""

    def given(own: LocalExchange, other: LocalExchange) -> Credentials:
        made = admitted(own, kind=kind)
        first, _, *rest = made.api_secret.splitlines()
        return stored(made, secret="\n".join((first, *rest)))

    return given


OK, NO_KEY = ExitCode.OK, ExitCode.NO_USABLE_KEY
ROWS = (
    *(Row(f"a good {kind} key", of_kind(kind), OK, "key", "ok", "is accepted") for kind in KeyKind),
    *(
        Row(f"a good {kind} key of the testnet", of_kind(kind), OK, "permissions", "not_asked", "asked here", TESTNET)
        for kind in KeyKind
    ),
    Row("unbound", with_rights(addresses=frozenset()), OK, "address_restriction", "warning", "from any address"),
    Row("an end that is near", ending(3), OK, "key_end", "warning", "in 3 days"),
    Row("expired", ending(-3), NO_KEY, "key_end", "refusal", "ended on"),
    Row("expired, at the testnet", ending(-3), NO_KEY, "trading", "refusal", "futures are not enabled", TESTNET),
    Row("without futures", with_rights(futures=False), NO_KEY, "permission_futures", "refusal", "not trade futures"),
    Row(
        "without futures, at the testnet", with_rights(futures=False), NO_KEY,
        "trading", "refusal", "futures are not enabled", TESTNET,
    ),
    Row("without reading", with_rights(reading=False), NO_KEY, "key", "refusal", "[-2015]"),
    Row("withdraws", with_rights(withdrawals=True), NO_KEY, "permission_withdrawals", "refusal", "take the money"),
    Row(
        "withdraws, accepted", with_rights(withdrawals=True), OK,
        "permission_withdrawals", "warning", "which was accepted", options=("--accept-withdraw-permission",),
    ),
    Row("pays others", with_rights(internal_transfer=True), NO_KEY, "permission_internal_transfer", "refusal", "money"),
    Row("transfers", with_rights(universal_transfer=True), NO_KEY, "permission_universal_transfer", "refusal", "money"),
    Row(
        "of another address", with_rights(addresses=frozenset({"203.0.113.9"})), NO_KEY,
        "key", "refusal", "another domain",
    ),
    Row("revoked", revoked, NO_KEY, "key", "refusal", "another domain"),
    Row("of the other domain", of_the_other, NO_KEY, "key", "refusal", "another domain (testnet (demo))"),
    Row("of live, at the testnet", of_the_other, NO_KEY, "key", "refusal", "another domain (live)", TESTNET),
    Row(
        "of the other domain, tried there", of_the_other, NO_KEY,
        "key_elsewhere", "warning", "is one of testnet (demo)", options=("--try-other-domains",),
    ),
    Row(
        "a key that is too short", lambda own, other: stored(admitted(own), key=API_KEY[:40]), NO_KEY,
        "key", "refusal", "[-2014]",
    ),
    *(
        Row(f"{kind} with another secret", with_a_secret_of_another(kind), NO_KEY, "key", "refusal", "to another key")
        for kind in KeyKind
    ),
    Row("a secret of another kind", of_another_kind, NO_KEY, "key", "refusal", "[-1022]"),
)  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_a_key_is_told_for_what_it_is(
    world: FarHosts, exchange_of: dict[str, LocalExchange], row: Row, tmp_path: Path
) -> None:
    other = TESTNET if row.domain.is_live else LIVE
    key = replace(row.given(exchange_of[row.domain.name], exchange_of[other.name]), domain=row.domain.name)
    await asyncio.to_thread(created, KeyStore(tmp_path / "conf" / "connectors"), key, Secret(PASSWORD))
    word = secret_file(tmp_path / "word", PASSWORD)
    options = ("--json", "--password-from", f"file:{word}", *row.options)
    code, said = await done("doctor", "--domain", row.domain.name, *options, home=tmp_path)
    told = json.loads(said)
    found = next(finding for finding in told["findings"] if finding["check"] == row.check)
    assert found["verdict"] == row.verdict, said
    assert row.says in " ".join((found["line"], *found["causes"][:1])), found
    assert code == told["exit_code"] == row.code
    refused = [finding["check"] for finding in told["findings"] if finding["verdict"] == "refusal"]
    assert bool(refused) is (code != OK)


@pytest.mark.parametrize("kind", [KeyKind.RSA, KeyKind.ED25519])
async def test_a_private_key_that_is_damaged_is_asked_about_nowhere(
    world: FarHosts, exchange_of: dict[str, LocalExchange], kind: KeyKind, tmp_path: Path
) -> None:
    key = replace(broken(kind)(exchange_of[LIVE.name], exchange_of[TESTNET.name]), domain=LIVE.name)
    await asyncio.to_thread(created, KeyStore(tmp_path / "conf" / "connectors"), key, Secret(PASSWORD))
    word = secret_file(tmp_path / "word", PASSWORD)
    async with started("doctor", "--domain", LIVE.name, "--password-from", f"file:{word}", home=tmp_path) as program:
        assert await program.ends() == ExitCode.BAD_CONFIG
    assert len(program.lines) == 1
    assert "private key" in program.text
    assert world.attempts == []
