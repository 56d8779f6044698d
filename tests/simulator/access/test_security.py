from collections.abc import Callable

import pytest

from connector.simulator.access.api_keys import ApiKey, ApiKeys
from connector.simulator.access.parameters import Parameters, decoded
from connector.simulator.access.security import Right, check_right, check_signed, check_time, right_for, sender_of
from connector.simulator.access.signatures import Rights, hmac_hex
from connector.simulator.errors import VenueError

SECRET = "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9"
SENT_MS = 1_591_702_613_943
WHOLE = f"symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000&timestamp={SENT_MS}"
QUERY = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC"
BODY = f"quantity=1&price=9000&recvWindow=5000&timestamp={SENT_MS}"
WHOLE_SIGNATURE = "3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9"
SPLIT_SIGNATURE = "30baaf0fab549bbeda7f5ef201898b34122da25fd23c646cac2c529aebe670a4"


def signature_of(secret: str, payload: str) -> str:
    return hmac_hex(secret, payload.encode())


MEMBER = ApiKey(1, "k" * 64, SECRET)


def refused(check: Callable[[], object]) -> int:
    with pytest.raises(VenueError) as refusal:
        check()
    return refusal.value.code


def check(query: str, body: str, now_ms: int = SENT_MS) -> None:
    params = Parameters(decoded(query, body).sent)
    check_time(params, now_ms)
    check_signed(MEMBER, query, body, params)


def test_the_venues_own_vectors_hold() -> None:
    assert signature_of(SECRET, WHOLE) == WHOLE_SIGNATURE
    assert signature_of(SECRET, QUERY + BODY) == SPLIT_SIGNATURE


@pytest.mark.parametrize(
    ("query", "body"),
    [
        (f"{WHOLE}&signature={WHOLE_SIGNATURE}", ""),
        ("", f"{WHOLE}&signature={WHOLE_SIGNATURE}"),
        (f"{WHOLE}&signature={WHOLE_SIGNATURE.upper()}", ""),
        (QUERY, f"{BODY}&signature={SPLIT_SIGNATURE}"),
    ],
)
def test_a_signature_over_the_bytes_sent_is_accepted(query: str, body: str) -> None:
    check(query, body)


@pytest.mark.parametrize(
    "query",
    [
        f"{WHOLE}&signature={SPLIT_SIGNATURE}",
        f"{WHOLE.replace('9000', '9001')}&signature={WHOLE_SIGNATURE}",
        f"signature={WHOLE_SIGNATURE}&{WHOLE}",
        f"{WHOLE}&signature=ünsigned",
    ],
)
def test_any_other_signature_is_refused(query: str) -> None:
    assert refused(lambda: check(query, "")) == -1022


def test_a_parameter_whose_name_ends_like_the_signatures_is_signed_with_the_rest() -> None:
    query, body = f"{WHOLE}&signature=", "countersignature=mine"
    check(query + signature_of(SECRET, WHOLE + body), body)
    check(query + signature_of(SECRET, WHOLE), "signature=twice")


def test_names_sent_twice_are_signed_as_they_were_sent() -> None:
    text = f"symbol=A&symbol=B&timestamp={SENT_MS}&symbol=C"
    check(f"{text}&signature={signature_of(SECRET, text)}", "")
    turned = f"symbol=B&symbol=A&timestamp={SENT_MS}&symbol=C"
    assert refused(lambda: check(f"{text}&signature={signature_of(SECRET, turned)}", "")) == -1022


def test_without_signature_or_time_a_parameter_is_missing() -> None:
    assert refused(lambda: check(WHOLE, "")) == -1102
    assert refused(lambda: check("symbol=BTCUSDT&signature=abc", "")) == -1102


@pytest.mark.parametrize(("late_ms", "code"), [(5_000, 0), (5_001, -1021), (-999, 0), (-1_000, -1021), (0, 0)])
def test_a_request_is_in_time_within_its_window_and_a_second_ahead(late_ms: int, code: int) -> None:
    params = Parameters({"timestamp": str(SENT_MS)})
    if code:
        assert refused(lambda: check_time(params, SENT_MS + late_ms)) == code
    else:
        check_time(params, SENT_MS + late_ms)


def test_the_window_is_the_senders_choice() -> None:
    params = Parameters({"timestamp": str(SENT_MS), "recvWindow": "10"})
    check_time(params, SENT_MS + 10)
    assert refused(lambda: check_time(params, SENT_MS + 11)) == -1021


def test_keys_are_ill_formed_or_unknown() -> None:
    api_keys = ApiKeys()
    sender = api_keys.admit(1)
    assert sender_of(api_keys, sender.api_key) is sender
    for key, code in ((None, -2014), ("short", -2014), ("x" * 64, -2015)):
        assert refused(lambda key=key: sender_of(api_keys, key)) == code  # type: ignore[misc]


def test_a_key_bound_to_addresses_is_refused_elsewhere() -> None:
    api_keys = ApiKeys()
    sender = api_keys.admit(1, rights=Rights(addresses=frozenset({"127.0.0.2"})))
    assert sender_of(api_keys, sender.api_key, "127.0.0.2") is sender
    assert refused(lambda: sender_of(api_keys, sender.api_key, "127.0.0.1")) == -2015


@pytest.mark.parametrize(
    ("method", "path", "right"),
    [
        ("GET", "/fapi/v3/account", Right.READING),
        ("POST", "/fapi/v1/listenKey", Right.READING),
        ("POST", "/fapi/v1/order", Right.FUTURES),
        ("DELETE", "/fapi/v1/order", Right.FUTURES),
        ("GET", "/fapi/v1/positionMargin/history", Right.FUTURES),
        ("POST", "/sapi/v3/asset/getUserAsset", Right.READING),
        ("POST", "/sapi/v1/asset/get-funding-asset", Right.READING),
        ("GET", "/sapi/v1/asset/transfer", Right.READING),
        ("POST", "/sapi/v1/asset/transfer", Right.TRANSFERS),
    ],
)
def test_what_changes_something_needs_the_permission_for_it(method: str, path: str, right: Right) -> None:
    assert right_for(method, path) is right


def test_a_key_does_what_it_permits_and_no_more() -> None:
    watcher, writer = (ApiKey(1, "k" * 64, SECRET, rights=Rights(reading=reads, futures=not reads)) for reads in (1, 0))
    check_right(watcher, Right.READING, 0)
    check_right(writer, Right.FUTURES, 0)
    assert refused(lambda: check_right(watcher, Right.FUTURES, 0)) == -2015
    assert refused(lambda: check_right(writer, Right.READING, 0)) == -2015


def test_a_transfer_that_a_key_does_not_permit_is_refused_as_the_wallet_refuses_it() -> None:
    mover, trader = (ApiKey(1, "k" * 64, SECRET, rights=Rights(universal_transfer=moves)) for moves in (True, False))
    check_right(mover, Right.TRANSFERS, 0)
    assert refused(lambda: check_right(trader, Right.TRANSFERS, 0)) == -1002
