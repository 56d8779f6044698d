"""One-time codes are those of RFC 6238, taken in their own time and once."""

import hashlib
import subprocess
import sys
from base64 import b32encode

import pytest

from connector.core.secrets import Secret
from connector.keys.one_time_codes import address_of, code_at, new_secret, picture_of, step_of

#: RFC 6238, appendix B: time, and the codes of SHA-1, SHA-256 and SHA-512.
VECTORS = (
    (59, "94287082", "46119246", "90693936"),
    (1_111_111_109, "07081804", "68084774", "25091201"),
    (1_111_111_111, "14050471", "67062674", "99943326"),
    (1_234_567_890, "89005924", "91819424", "93441116"),
    (2_000_000_000, "69279037", "90698825", "38618901"),
    (20_000_000_000, "65353130", "77737706", "47863826"),
)
DIGESTS = ((hashlib.sha1, 20), (hashlib.sha256, 32), (hashlib.sha512, 64))
SECRET = Secret("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
NOW = 1_764_000_000.0
STEP = int(NOW) // 30


@pytest.mark.parametrize("row", VECTORS)
@pytest.mark.parametrize("column", [0, 1, 2])
def test_the_codes_are_those_of_rfc_6238(row: tuple[int, str, str, str], column: int) -> None:
    digest, length = DIGESTS[column]
    seed = (b"1234567890" * 7)[:length]
    secret = Secret(b32encode(seed).decode().rstrip("="))
    assert code_at(secret, row[0] // 30, 8, digest) == row[1 + column]


@pytest.mark.parametrize("ahead", [-1, 0, 1])
def test_a_code_of_the_step_before_of_this_one_and_of_the_next_is_taken(ahead: int) -> None:
    assert step_of(SECRET, code_at(SECRET, STEP + ahead), NOW, 0) == STEP + ahead


@pytest.mark.parametrize("ahead", [-20, -3, -2, 2, 3, 20])
def test_an_old_code_and_one_of_the_future_are_not(ahead: int) -> None:
    assert step_of(SECRET, code_at(SECRET, STEP + ahead), NOW, 0) is None


def test_a_code_that_was_used_and_those_before_it_are_not_taken() -> None:
    for after, taken in ((STEP - 1, STEP), (STEP, None), (STEP + 1, None)):
        assert step_of(SECRET, code_at(SECRET, STEP), NOW, after) == taken


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12 34", "-12345", "1e5000"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert step_of(SECRET, typed, NOW, 0) is None


def test_a_code_may_be_typed_in_groups() -> None:
    code = code_at(SECRET, STEP)
    assert step_of(SECRET, f" {code[:3]} {code[3:]} ", NOW, 0) == STEP


def test_a_secret_is_random_and_its_picture_tells_an_app_what_it_needs() -> None:
    assert len({new_secret().reveal() for _ in range(50)}) == 50
    assert len(new_secret().reveal()) == 32
    address = address_of(SECRET, "binance_perpetual")
    assert address.startswith("otpauth://totp/perpetual-connector:binance_perpetual?secret=JBSWY3DP")
    picture = picture_of(address)
    assert len(picture.splitlines()) > 15
    assert SECRET.reveal() not in picture


def test_the_libraries_are_loaded_by_who_uses_the_factor_alone() -> None:
    code = "import sys, connector.keys.second_factor as _; print([n for n in ('pyotp', 'segno') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
