"""Parameters of the WS-API: both twins write the same, and sign the same, whatever the values are."""

import hashlib
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connector.core.enums import SelfTradePrevention
from connector.net.compiled import json_params as compiled
from connector.net.plain import json_params as plain
from connector.net.query_text import query_text
from connector.venue.endpoints import INTEGER_PARAMS

ORDER = {
    "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.010", "price": "50000.1",
    "newClientOrderId": "x-desk1B~0_1-z", "recvWindow": "5000", "timestamp": "1700000000000", "apiKey": "k" * 64,
}  # fmt: skip
PLAIN_LETTERS = st.characters(min_codepoint=33, max_codepoint=126)
NAMES = st.one_of(st.text("abcXYZ019", min_size=1), st.sampled_from(list(ORDER)))
TEXTS = st.one_of(st.text(), st.text(PLAIN_LETTERS, max_size=80), st.sampled_from(list(ORDER.values())))
NUMBERS = st.integers(0, 10**20).map(str)
ROWS = st.one_of(
    st.tuples(NAMES.filter(lambda name: name not in INTEGER_PARAMS), TEXTS),
    st.tuples(st.sampled_from(sorted(INTEGER_PARAMS)), st.one_of(NUMBERS, st.sampled_from(["007", "-5", "0", "+1"]))),
)


def digest(payload: str) -> str:
    return hashlib.sha256(payload.encode("utf-8", "surrogatepass")).hexdigest()


@settings(max_examples=400)
@given(st.lists(ROWS, max_size=40).map(dict))
@example(ORDER)
@example({**ORDER, "selfTradePreventionMode": SelfTradePrevention.EXPIRE_BOTH})
@example({**ORDER, "symbol": "龙虾USDT"})
@example({"quantity": "1" * 2_100})
@example({f"name{number}": "1" for number in range(33)})
def test_both_twins_write_the_same(params: dict[str, str]) -> None:
    try:
        expected = plain.json_params(params), plain.signed_params(params, digest)
    except UnicodeError:
        for write in (compiled.json_params, lambda row: compiled.signed_params(row, digest)):
            with pytest.raises(UnicodeError):
                write(params)
    else:
        assert (compiled.json_params(params), compiled.signed_params(params, digest)) == expected


@given(st.text(max_size=40))
@example("mA+/9==")
@example('"')
@example("m" * 600)
def test_a_signature_of_any_letters_is_written_the_same(signature: str) -> None:
    try:
        expected = plain.signed_params(ORDER, lambda payload: signature)
    except UnicodeError:
        with pytest.raises(UnicodeError):
            compiled.signed_params(ORDER, lambda payload: signature)
    else:
        assert compiled.signed_params(ORDER, lambda payload: signature) == expected


@pytest.mark.parametrize("twin", [plain, compiled])
def test_signed_is_the_query_sorted_by_name(twin: object) -> None:
    payloads: list[str] = []
    told = twin.signed_params(ORDER, lambda payload: payloads.append(payload) or "signed")  # type: ignore[attr-defined]
    assert payloads == [query_text(dict(sorted(ORDER.items())))]
    numbers = {"recvWindow": 5000, "timestamp": 1_700_000_000_000}
    assert json.loads(told) == {**ORDER, **numbers, "signature": "signed"}
    assert list(json.loads(told)) == [*ORDER, "signature"], "in their order"


@pytest.mark.parametrize("twin", [plain, compiled])
def test_what_refuses_to_sign_is_heard(twin: object) -> None:
    def refuses(payload: str) -> str:
        raise ValueError("no key")

    with pytest.raises(ValueError, match="no key"):
        twin.signed_params(ORDER, refuses)  # type: ignore[attr-defined]
