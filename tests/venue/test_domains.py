"""All hosts stand in the rows of the domains, and none but the live row is a live host."""

import pytest

from connector.core.faults import ConfigFault
from connector.venue.domains import DOMAINS, LIVE, LIVE_HOSTS, LOCAL, TESTNET, domain_named, host_of, is_loopback
from tests.companions.places import PACKAGE


def test_there_is_one_live_and_one_local_domain() -> None:
    assert [row for row in DOMAINS.values() if row.is_live] == [LIVE]
    assert [row for row in DOMAINS.values() if row.is_local] == [LOCAL]


def test_no_other_domain_has_a_live_host() -> None:
    for row in (TESTNET, LOCAL.at("http://127.0.0.1:1", "ws://127.0.0.1:1", "ws://127.0.0.1:1/x")):
        assert {host_of(address) for address in row.addresses} & LIVE_HOSTS == set()


def test_an_unknown_domain_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(ConfigFault, match="binance_perpetual_local"):
        domain_named("binance_perpetual_demo")


@pytest.mark.parametrize(
    "address",
    ["https://fapi.binance.com", "http://192.168.1.5:8080", "http://127.0.0.1.example.com", "http://[::1", "x"],
)
def test_the_local_domain_stays_on_this_machine(address: str) -> None:
    assert not is_loopback(address)
    with pytest.raises(ConfigFault, match="loopback"):
        LOCAL.at(address, "ws://127.0.0.1:1", "ws://127.0.0.1:1")


def test_hosts_stand_nowhere_else_in_the_package() -> None:
    hosts = {host_of(address) for row in (LIVE, TESTNET) for address in row.addresses}
    for path in PACKAGE.rglob("*.py"):
        if path.name != "domains.py":
            assert not any(host in path.read_text() for host in hosts), path


def test_a_domains_streams_may_be_carried_twice() -> None:
    twice = LOCAL.carried_by(2)
    assert (twice.streams.copies, LOCAL.streams.copies) == (2, 1)
    assert twice.streams.life_s == LOCAL.streams.life_s < 24 * 3600
