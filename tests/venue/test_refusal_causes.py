"""One number of the venue's has many causes: the likeliest comes first, and none that was ruled out."""

import pytest

from connector.venue.domains import LIVE, LOCAL, TESTNET
from connector.venue.refusal_causes import KEY_REFUSALS, causes_of


@pytest.mark.parametrize("code", [-2014, -2015, -2008])
def test_a_key_of_another_domain_is_the_likeliest_cause_and_the_other_one_is_named(code: int) -> None:
    assert causes_of(code, TESTNET).causes[0].startswith("it is a key of another domain (live)")
    assert causes_of(code, LIVE).causes[0].startswith("it is a key of another domain (testnet (demo))")
    assert "live or testnet (demo)" in causes_of(code, LOCAL).causes[0]


def test_every_refusal_of_a_key_has_causes_and_a_remedy() -> None:
    for code in (*KEY_REFUSALS, -1021, -4109, -4411):
        causes, remedy = causes_of(code, LIVE)
        assert causes
        assert remedy


def test_a_key_that_the_wallet_has_just_taken_is_neither_deleted_nor_from_the_wrong_address() -> None:
    causes = causes_of(-2015, LIVE, wallet_answered=True).causes
    assert causes[0] == "futures are not enabled on the key"
    assert not any("address" in cause or "expired" in cause or "another domain" in cause for cause in causes)


def test_the_address_by_which_the_exchange_sees_this_machine_is_told() -> None:
    text = "Invalid API-key, IP, or permissions for action, request ip: 203.0.113.9"
    assert any("(the exchange sees 203.0.113.9)" in cause for cause in causes_of(-2015, LIVE, text).causes)


def test_what_says_what_it_means_has_no_list_of_causes() -> None:
    assert causes_of(-4164, LIVE) == ((), "")
