import pytest

from connector.simulator.access.api_keys import ApiKey
from connector.simulator.access.parameters import Parameters
from connector.simulator.access.signatures import Rights
from connector.simulator.errors import VenueError
from connector.simulator.rest.key_routes import api_restrictions, restrictions
from connector.simulator.rest.request import Request
from tests.companions.simulator.callers import START_MS, Caller

PATH = "/sapi/v1/account/apiRestrictions"


def test_a_key_can_ask_what_it_permits(call: Caller) -> None:
    reply = call("GET", PATH)
    assert (reply["enableReading"], reply["enableFutures"], reply["enableWithdrawals"]) == (True, True, False)
    assert (reply["ipRestrict"], reply["createTime"]) == (False, START_MS)


def test_rights_are_told_as_they_are() -> None:
    rights = Rights(reading=True, futures=False, withdrawals=True, addresses=frozenset({"127.0.0.1"}))
    reply = restrictions(ApiKey(1, "k", "s", rights=rights))
    assert (reply["enableFutures"], reply["enableWithdrawals"], reply["ipRestrict"]) == (False, True, True)
    others = {"enableMargin", "enableVanillaOptions", "enableSpotAndMarginTrading", "enablePortfolioMarginTrading"}
    assert not any(reply[name] for name in others)


def test_the_wallets_path_has_a_weight_of_its_own(call: Caller) -> None:
    headers = call.ask("GET", PATH).headers
    assert headers == {"X-SAPI-USED-IP-WEIGHT-1M": "1"}
    assert call.ask("GET", "/fapi/v1/ping").headers == {"X-MBX-USED-WEIGHT-1M": "1"}


def test_nobodys_rights_cannot_be_told(call: Caller) -> None:
    with pytest.raises(VenueError) as refusal:
        api_restrictions(Request(call.runtime, Parameters({}), START_MS, None))
    assert refusal.value.code == -2014


def test_an_exchange_may_lack_the_wallets_paths_as_the_venues_test_hosts_do(call: Caller) -> None:
    call.runtime.faults.arm("no_wallet")
    lacking = call.ask("GET", PATH)
    assert (lacking.status, lacking.content_type, b"code" in lacking.body) == (403, "text/html", False)
    assert call.ask("GET", "/fapi/v1/accountConfig").status == 200
