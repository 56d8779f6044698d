"""What a guess costs: the function of RFC 9106, with a floor that no file goes below."""

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from connector.core.secrets import Secret
from connector.keys.costs import Cost, CostRule

#: RFC 9106, section 5.3.
TAG = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"


def test_the_function_is_the_one_of_rfc_9106() -> None:
    kdf = Argon2id(
        salt=b"\x02" * 16, length=32, iterations=3, lanes=4, memory_cost=32, ad=b"\x04" * 12, secret=b"\x03" * 8
    )
    assert kdf.derive(b"\x01" * 32).hex() == TAG


def test_a_key_is_made_of_password_salt_and_every_parameter() -> None:
    def sealed_by(cost: Cost, password: str, salt: bytes) -> str:
        return cost.key_of(Secret(password), salt)._key.hex()

    usual = Cost(64, 2, 2)
    reference = Argon2id(salt=b"s" * 16, length=32, iterations=2, lanes=2, memory_cost=64).derive(b"tin horse").hex()
    assert sealed_by(usual, "tin horse", b"s" * 16) == reference
    others = {
        sealed_by(Cost(72, 2, 2), "tin horse", b"s" * 16),
        sealed_by(Cost(64, 3, 2), "tin horse", b"s" * 16),
        sealed_by(Cost(64, 2, 1), "tin horse", b"s" * 16),
        sealed_by(usual, "tin Horse", b"s" * 16),
        sealed_by(usual, "tin horse", b"t" * 16),
    }
    assert len(others | {reference}) == 6


def test_a_letter_with_its_accent_is_the_same_however_a_keyboard_sends_it() -> None:
    one, other = (Cost(64, 1, 1).key_of(Secret(word), b"s" * 16)._key for word in ("caf\u00e9", "cafe\u0301"))
    assert one == other


def test_new_slots_cost_more_than_the_floor() -> None:
    rule = CostRule()
    assert rule.least.memory_kib >= 64 * 1024
    assert rule.admits(rule.usual)
    assert not rule.usual.is_below(rule.least)


@pytest.mark.parametrize(
    "cost",
    [
        Cost(65_535, 9, 4),
        Cost(65_536, 2, 4),
        Cost(131_072, 3, 0),
        Cost(131_072, 3, 17),
        Cost(131_072, 17, 4),
        Cost(2_000_000, 3, 4),
        Cost(-1, 3, 4),
        Cost(8, 1, 1),
    ],
)
def test_a_file_may_ask_neither_for_a_cheap_guess_nor_for_the_whole_machine(cost: Cost) -> None:
    assert not CostRule().admits(cost)
