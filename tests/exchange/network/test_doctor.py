"""What a key is good for is known before a cent is at risk: each kind of bad key has its verdict and its causes."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.findings import Concern, Finding, Verdict
from connector.core.secrets import Secret
from connector.exchange.network.account_checks import Wanted
from connector.exchange.network.doctor import Examined, examine
from connector.net.sign import HmacSigner, Signer
from connector.simulator.access.signatures import KeyKind, Rights
from connector.simulator.server import LocalExchange
from connector.venue.domains import DOMAINS
from tests.companions.net.gateways import domain_of
from tests.companions.orders.keys import new_key
from tests.companions.virtual_time import loop_clock

D = Decimal
HOME = frozenset({"127.0.0.1"})


def signer_of(venue: LocalExchange, rights: Rights | None = None) -> HmacSigner:
    """A further account's key with these rights; the ready-made one's without."""
    if rights is None:
        return HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
    made = venue.admit(D(1_000), rights=rights)
    return HmacSigner(Secret(made.api_key), Secret(made.api_secret))


async def examined(venue: LocalExchange, signer: Signer | None = None, wanted: Wanted | None = None) -> Examined:
    return await examine(domain_of(venue), signer or signer_of(venue), loop_clock(), wanted)


def finding(of: Examined, check: str) -> Finding:
    return next(row for row in of.findings if row.check == check)


@pytest.mark.parametrize("kind", list(KeyKind))
async def test_a_good_key_of_every_kind_passes_all_checks(venue: LocalExchange, kind: KeyKind) -> None:
    _, signer = new_key(venue, kind)
    found = await examined(venue, signer)
    assert found.refusal is None
    assert [row.check for row in found.findings if row.verdict is not Verdict.OK] == ["address_restriction"]
    assert {"host_rest", "host_stream", "host_ws_api", "clock", "key", "trading", "rate_limits"} <= {
        row.check for row in found.findings
    }


@pytest.mark.parametrize(
    ("rights", "check"),
    [
        (Rights(withdrawals=True, addresses=HOME), "permission_withdrawals"),
        (Rights(internal_transfer=True), "permission_internal_transfer"),
        (Rights(universal_transfer=True), "permission_universal_transfer"),
    ],
)
async def test_a_key_that_can_move_money_out_is_refused_unless_it_was_accepted(
    venue: LocalExchange, rights: Rights, check: str
) -> None:
    refused = await examined(venue, signer_of(venue, rights))
    assert refused.refusal is not None
    assert (refused.refusal.check, refused.refusal.concern) == (check, Concern.KEY)
    accepted = await examined(venue, signer_of(venue, rights), Wanted(accepts_withdrawal=True))
    assert accepted.refusal is None
    assert finding(accepted, check).verdict is Verdict.WARNING


async def test_a_key_without_futures_is_refused_and_no_other_cause_is_told(venue: LocalExchange) -> None:
    found = await examined(venue, signer_of(venue, Rights(futures=False)))
    assert finding(found, "permission_futures").verdict is Verdict.REFUSAL
    assert finding(found, "trading").causes[0] == "futures are not enabled on the key"
    assert not any("address" in cause for cause in finding(found, "trading").causes)


async def test_a_key_without_futures_is_found_out_where_permissions_cannot_be_asked(venue: LocalExchange) -> None:
    venue.faults.arm("no_wallet")
    good = await examined(venue)
    assert good.refusal is None
    assert finding(good, "permissions").verdict is Verdict.NOT_ASKED
    bad = await examined(venue, signer_of(venue, Rights(futures=False)))
    assert bad.refusal is not None
    assert (bad.refusal.check, bad.refusal.causes[0]) == ("trading", "futures are not enabled on the key")


async def test_live_a_host_that_does_not_tell_them_leaves_no_silence_about_withdrawing(
    venue: LocalExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    venue.faults.arm("no_wallet")
    live = replace(domain_of(venue), is_live=True)
    monkeypatch.setitem(DOMAINS, live.name, live)
    unknown = finding(await examine(live, signer_of(venue), loop_clock()), "permissions")
    assert unknown.verdict is Verdict.WARNING
    assert "whether it may withdraw or transfer is not known" in unknown.line


@pytest.mark.parametrize(
    ("fault", "code", "likely"),
    [
        ("key_expired", -2015, "another domain"),
        ("key_revoked", -2015, "another domain"),
        ("address_not_listed", -2015, "another domain"),
        ("key_unknown_2008", -2008, "another domain"),
        ("key_format_2014", -2014, "another domain"),
        ("key_locked_2017", -2017, "locked"),
    ],
)
async def test_a_key_that_the_exchange_does_not_take_has_its_causes_the_likeliest_first(
    venue: LocalExchange, fault: str, code: int, likely: str
) -> None:
    venue.faults.arm(fault)
    found = await examined(venue)
    assert found.refusal is not None
    assert (found.refusal.check, found.refusal.concern) == ("key", Concern.KEY)
    assert f"[{code}]" in found.refusal.line
    assert likely in found.refusal.causes[0]
    assert found.findings[-1] is found.refusal, "what needs a key is not asked with one that is none"


async def test_the_address_that_a_key_does_not_list_is_told_as_the_exchange_sees_it(venue: LocalExchange) -> None:
    found = await examined(venue, signer_of(venue, Rights(addresses=frozenset({"203.0.113.9"}))))
    assert found.refusal is not None
    assert any("(the exchange sees 127.0.0.1)" in cause for cause in found.refusal.causes)


async def test_a_secret_of_another_key_is_told_apart_from_a_key_that_is_none(venue: LocalExchange) -> None:
    found = await examined(venue, HmacSigner(Secret(venue.api_key), Secret("x" * 64)))
    assert found.refusal is not None
    assert "[-1022]" in found.refusal.line
    assert found.refusal.causes[0] == "the secret belongs to another key"


async def test_no_finding_tells_the_key(venue: LocalExchange) -> None:
    for signer in (signer_of(venue), HmacSigner(Secret("k" * 64), Secret("s" * 64))):
        told = str([row.to_json() for row in (await examined(venue, signer)).findings])
        assert signer.api_key.reveal() not in told


@pytest.mark.parametrize(
    ("path", "field", "value", "check"),
    [
        ("/sapi/v1/account/info", "isFutureEnabled", "false", "markets"),
        ("/sapi/v1/account/info", "isPortfolioMarginRetailEnabled", "true", "markets"),
        ("/fapi/v1/accountConfig", "canTrade", "false", "account"),
    ],
)
async def test_an_account_that_cannot_trade_here_is_refused(
    venue: LocalExchange, path: str, field: str, value: str, check: str
) -> None:
    venue.faults.arm("altered_answer", method="GET", path=path, field=field, value=value, times=9)
    found = await examined(venue)
    assert found.refusal is not None
    assert (found.refusal.check, found.refusal.concern) == (check, Concern.ACCOUNT)


async def test_a_clock_that_is_off_is_told_and_nothing_is_refused_for_it(venue: LocalExchange) -> None:
    venue.faults.arm("clock_skew", ms=-5_000)
    found = await examined(venue)
    assert found.refusal is None
    assert finding(found, "clock").verdict is Verdict.WARNING
    assert " ms ahead" in finding(found, "clock").line


async def test_without_a_key_hosts_are_looked_at_and_nothing_is_signed(venue: LocalExchange) -> None:
    found = await examine(domain_of(venue), None, loop_clock())
    assert {row.check for row in found.findings} == {"host_rest", "host_stream", "host_ws_api", "host_wallet"}
    assert found.refusal is None


async def test_a_wallet_host_that_is_away_is_a_warning_and_what_trades_is_looked_at_all_the_same(
    venue: LocalExchange,
) -> None:
    away = replace(domain_of(venue), wallet="http://127.0.0.1:9")
    found = await examine(away, signer_of(venue), loop_clock())
    assert found.refusal is None
    assert {row.check for row in found.findings if row.verdict is Verdict.WARNING} == {"host_wallet", "permissions"}
    assert finding(found, "trading").verdict is Verdict.OK


async def test_an_exchange_that_is_gone_is_named_within_ten_seconds(venue: LocalExchange) -> None:
    domain = domain_of(venue)
    gone = replace(domain, rest="http://127.0.0.1:9", wallet="http://127.0.0.1:9")
    began_s = asyncio.get_running_loop().time()
    found = await examine(gone, signer_of(venue), loop_clock())
    assert asyncio.get_running_loop().time() - began_s < 10
    assert found.refusal is not None
    assert (found.refusal.check, found.refusal.concern) == ("host_rest", Concern.NETWORK)
    assert found.refusal.line.startswith("127.0.0.1 (requests) can't be reached")
    assert found.refusal.causes
    assert finding(found, "host_wallet").causes == (), "what is said once is not said again"
