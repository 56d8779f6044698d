"""ccxt trades on the local exchange as on the venue."""

import pytest

from tests.strangers.conftest import Run, Step, steps_of

PROGRAM = "ccxt_client.py"


@pytest.fixture(scope="module")
def steps(stranger: Run) -> dict[str, Step]:
    return stranger(PROGRAM)


@pytest.mark.parametrize("step", steps_of(PROGRAM))
def test_ccxt_does(step: str, steps: dict[str, Step]) -> None:
    assert steps[step].held, steps[step].said
