"""A secret does not get out by accident, and a log does not tell one."""

import copy
import json
import logging
import pickle

import pytest

from connector.core.secrets import RedactingFormatter, Secret, redact

KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"


@pytest.mark.parametrize("show", [repr, str, lambda secret: f"{secret}", lambda secret: f"{secret:>80}", ascii])
def test_a_secret_has_no_readable_form(show: object) -> None:
    assert callable(show)
    assert KEY not in show(Secret(KEY))


@pytest.mark.parametrize("take_out", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps])
def test_a_secret_is_neither_pickled_nor_copied_nor_written(take_out: object) -> None:
    assert callable(take_out)
    with pytest.raises(TypeError):
        take_out(Secret(KEY))


def test_a_secret_compares_by_identity_alone() -> None:
    secret = Secret(KEY)
    assert secret == secret
    assert secret != Secret(KEY)
    assert secret.reveal() == KEY


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
