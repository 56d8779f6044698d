import pytest

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.wallets import FUNDING, FUTURES, SPOT, WAYS, put, wallet_of


def test_there_is_a_way_from_each_wallet_to_each_other() -> None:
    words = "MAIN_UMFUTURE UMFUTURE_MAIN FUNDING_UMFUTURE UMFUTURE_FUNDING MAIN_FUNDING FUNDING_MAIN"
    assert set(WAYS) == set(words.split())
    assert WAYS["FUNDING_UMFUTURE"] == (FUNDING, FUTURES)


@pytest.mark.parametrize("wallet", [SPOT, FUNDING])
def test_what_is_put_into_a_wallet_lies_in_no_other(wallet: str) -> None:
    account = Account(1)
    put(account, wallet, "USDT", 5)
    put(account, wallet, "USDT", -2)
    assert {each: wallet_of(account, each).get("USDT", 0) for each in (FUTURES, SPOT, FUNDING)} == {
        **dict.fromkeys((FUTURES, SPOT, FUNDING), 0),
        wallet: 3,
    }
