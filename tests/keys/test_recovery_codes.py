"""A recovery code is read from paper: slips of the hand cost nothing, guesses everything."""

import re

from connector.keys.recovery_codes import new_recovery_code, typed_recovery_code


def test_a_code_has_125_random_bits_in_letters_that_are_not_misread() -> None:
    codes = {new_recovery_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}", code) for code in codes)


def test_how_it_is_typed_does_not_matter() -> None:
    assert typed_recovery_code(" 7k2qd m9xar-o1il0 ").reveal() == "7K2QD-M9XAR-01110"
