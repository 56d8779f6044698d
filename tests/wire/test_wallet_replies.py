"""What the wallet's host says of a key is read whole: a permission that can't be read is no permission that lacks."""

import json

import pytest

from connector.core.faults import UnreadableFault
from connector.simulator.access.api_keys import ApiKey
from connector.simulator.access.signatures import Rights
from connector.simulator.rest.key_routes import restrictions
from connector.wire.wallet_replies import key_permissions, wallet_account


def body(**changes: object) -> bytes:
    row = restrictions(ApiKey(1, "k", "s", rights=Rights(), created_ms=1_700_000_000_000))
    return json.dumps({**row, **changes}).encode()


def test_what_is_granted_is_named_as_the_venue_names_it() -> None:
    read = key_permissions(body(enableWithdrawals=True, ipRestrict=True, enableTeleport=True))
    assert read.granted == {"enableReading", "enableFutures", "enableWithdrawals", "enableTeleport"}
    assert (read.is_bound_to_addresses, read.created_ms, read.ends_ms) == (True, 1_700_000_000_000, None)


def test_the_end_of_a_key_is_read_where_there_is_one() -> None:
    assert key_permissions(body(tradingAuthorityExpirationTime=1_800_000_000_000)).ends_ms == 1_800_000_000_000


def test_a_permission_that_is_spelt_as_text_counts() -> None:
    assert "enableWithdrawals" in key_permissions(body(enableWithdrawals="TRUE")).granted


@pytest.mark.parametrize("changes", [{"enableWithdrawals": None}, {"enableTeleport": "perhaps"}, {"ipRestrict": []}])
def test_a_permission_that_cannot_be_read_is_a_fault(changes: dict[str, object]) -> None:
    with pytest.raises(UnreadableFault):
        key_permissions(body(**changes))


def test_an_answer_without_the_permissions_that_matter_is_a_fault() -> None:
    with pytest.raises(UnreadableFault):
        key_permissions(b'{"ipRestrict":true,"createTime":1,"enableReading":true,"enableFutures":true}')


def test_an_accounts_markets_are_read() -> None:
    read = wallet_account(b'{"vipLevel":0,"isFutureEnabled":true,"isPortfolioMarginRetailEnabled":true}')
    assert (read.has_futures, read.is_portfolio_margin) == (True, True)
    assert not wallet_account(b'{"isFutureEnabled":false}').is_portfolio_margin
