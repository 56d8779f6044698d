"""A secret does not get out by accident, and a log does not tell one."""

import copy
import dataclasses
import gc
import json
import logging
import pickle

import pytest
import ujson
from hypothesis import given
from hypothesis import strategies as st

from connector.core.secrets import RedactingFilter, RedactingFormatter, Secret, redact

LETTERS = "MC4CAQAwBQYDK2VwBCIEIHkHGc1dJmLdjcJ2Y3h2V8yN0QIHYwRk8wX0AqkPq1mO"
PEM = f"-----BEGIN PRIVATE KEY-----\n{LETTERS}\n-----END PRIVATE KEY-----"
KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"


@pytest.mark.parametrize("show", [repr, str, lambda secret: f"{secret}", lambda secret: f"{secret:>80}", ascii])
def test_a_secret_has_no_readable_form(show: object) -> None:
    assert callable(show)
    assert KEY not in show(Secret(KEY))


@pytest.mark.parametrize(
    "take_out",
    [
        pickle.dumps, copy.copy, copy.deepcopy, json.dumps, ujson.dumps, bytes, bytearray, list, len, memoryview, vars,
        lambda secret: "" + secret, lambda secret: secret[0], lambda secret: "x" in secret,
        lambda secret: secret < secret,
        lambda secret: secret.__reduce__(), lambda secret: secret.__getstate__(),
        lambda secret: type("Open", (type(secret),), {}),
    ],
)  # fmt: skip
def test_a_secret_is_neither_pickled_nor_copied_nor_written(take_out: object) -> None:
    assert callable(take_out)
    with pytest.raises((TypeError, AttributeError)) as refused:
        take_out(Secret(KEY))
    assert KEY not in str(refused.value)


def test_a_secret_compares_by_identity_alone() -> None:
    secret = Secret(KEY)
    assert secret == secret
    assert secret != Secret(KEY)
    assert secret.reveal() == KEY
    assert hash(secret) == object.__hash__(secret), "its hash says nothing of it"


def test_a_secret_that_is_wiped_is_empty_and_its_letters_are_overwritten() -> None:
    secret = Secret(KEY)
    letters = secret._letters
    secret.wipe()
    assert (secret.reveal(), bool(secret)) == ("", False)
    assert letters == bytes(len(KEY))


def test_a_secret_that_nobody_holds_is_overwritten() -> None:
    secret = Secret(KEY)
    letters = secret._letters
    del secret
    gc.collect()
    assert letters == bytes(len(KEY))


@pytest.mark.parametrize("text", ["", "龙虾 é", "\ud800", PEM])
def test_a_secret_comes_out_as_it_went_in(text: str) -> None:
    assert Secret(text).reveal() == text


def test_what_holds_a_secret_tells_no_more_than_the_secret() -> None:
    @dataclasses.dataclass
    class Held:
        key: Secret

    held = Held(Secret(KEY))
    assert KEY not in repr(held)
    with pytest.raises(TypeError):
        dataclasses.asdict(held)


def test_an_empty_secret_is_false() -> None:
    assert not Secret("")
    assert Secret(KEY)


@pytest.mark.parametrize(
    "line",
    [
        f"GET /fapi/v3/balance?timestamp=1&signature={KEY}",
        f"headers {{'X-MBX-APIKEY': '{KEY}'}}",
        f'{{"listenKey":"{KEY}"}}',
        f"wss://fstream.binance.com/private/ws/{KEY}",
        f"wss://fstream.binance.com/private/ws?listenKey={KEY}&events=ORDER_TRADE_UPDATE",
        f"api_secret: {KEY}",
        f"apiKey={KEY}",
    ],
)
def test_keys_and_signatures_are_masked_wherever_they_stand(line: str) -> None:
    assert KEY not in redact(line)
    assert "***" in redact(line)


def test_the_value_of_a_secret_that_lives_is_masked_whatever_stands_before_it() -> None:
    held = [Secret("purple walrus+ladder"), Secret(PEM)]
    assert redact("he typed purple walrus+ladder, twice") == "he typed ***, twice"
    assert redact("GET /x?word=purple%20walrus%2Bladder") == "GET /x?word=***"
    assert redact(f"a line of a key: {PEM.splitlines()[1]}") == "a line of a key: ***"
    held.clear()
    gc.collect()
    assert redact("he typed purple walrus+ladder") == "he typed purple walrus+ladder"


def test_what_looks_like_a_key_is_masked_though_nobody_named_it() -> None:
    assert redact(f"the venue says {KEY}!") == "the venue says ***!"
    assert redact(f"loading:\n{PEM}\nfailed") == "loading:\n***\nfailed"
    assert redact("proxy http://desk:word@10.0.0.1:3128 refused") == "proxy http://***@10.0.0.1:3128 refused"
    assert redact(f"headers {{'X-MBX-APIKEY': b'{KEY[:20]}'}}") == "headers {'X-MBX-APIKEY': b'***'}"


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("postgresql://bot:pa/ss@db.desk:5432/orders", "postgresql://***@db.desk:5432/orders"),
        ("postgresql://bot:p@ss:w0rd@db.desk/orders", "postgresql://***@db.desk/orders"),
        ("sqlite://x?password=hunter2!", "sqlite://x?password=***!"),
        ("db_url: x, password: hunter222", "db_url: x, password: ***"),
        ("wss://fstream.binance.com:443/stream?streams=btcusdt@depth@100ms", None),
        ("wss://fstream.binance.com/market/stream?streams=btcusdt@aggTrade", None),
        ("the code is 7K2QD-M9XAR-00000-ZZZZZ-1A2B3.", "the code is ***."),
        ("BTC-USDT and 1000SHIB-USDT", None),
    ],
)
def test_passwords_and_recovery_codes_are_masked_and_streams_are_not(line: str, masked: str | None) -> None:
    assert redact(line) == (line if masked is None else masked)


#: What the pattern of telltale words takes for the letter, whatever the case.
LOOK_ALIKES = {"i": "iI\u0130\u0131", "k": "kK\u212a", "s": "sS\u017f"}
TELLTALES = (
    "signature", "listenKey", "X-MBX-APIKEY", "apikey", "api_key", "api_secret", "secret", "password", "passwd",
    "passphrase", "token",
)  # fmt: skip


@given(st.data(), st.sampled_from(TELLTALES), st.sampled_from(["=", ": ", '": "', " = b'"]))
def test_a_telltale_word_masks_what_it_names_in_letters_of_any_case(data: st.DataObject, word: str, mark: str) -> None:
    spelt = "".join(
        data.draw(st.sampled_from(LOOK_ALIKES.get(letter.lower(), letter.lower() + letter.upper()))) for letter in word
    )
    assert redact(f"asked {spelt}{mark}hunter22") == f"asked {spelt}{mark}***"


def test_a_line_without_secrets_stays_as_it_is() -> None:
    line = "BTC-USDT 60000.1 / 60000.2  fills 3 buys 2 sells"
    assert redact(line) == line


def test_the_log_masks_arguments_and_tracebacks_too() -> None:
    formatter = RedactingFormatter(logging.Formatter("%(message)s"))
    try:
        raise ValueError(f"signature={KEY}")
    except ValueError as error:
        trace = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "listenKey=%s", (KEY,), trace)
    text = formatter.format(record)
    assert KEY not in text
    assert "ValueError" in text


def test_a_record_that_was_masked_tells_no_other_handler_anything() -> None:
    try:
        raise ValueError(f"of {KEY}")
    except ValueError as error:
        trace = (type(error), error, error.__traceback__)
    record = logging.LogRecord("somebody.else", logging.DEBUG, __file__, 1, "sent %s to %r", (KEY, KEY), trace)
    record.stack_info = f"in {KEY}"
    assert RedactingFilter().filter(record)
    assert KEY not in logging.Formatter("%(message)s").format(record)
    assert "sent *** to '***'" in record.getMessage()


def test_a_record_whose_arguments_do_not_fit_is_left_to_its_formatter() -> None:
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "%s %s", ("one",), None)
    assert RedactingFilter().filter(record)
    assert record.args == ("one",)
