import pytest

from tests.market.scenes import PLAIN, NewDecoder, compiled_decoder


@pytest.fixture(params=["plain", "compiled"])
def new_decoder(request: pytest.FixtureRequest) -> NewDecoder:
    """Makes decoders (and by them books) of one twin: every test that takes it runs on both."""
    if request.param == "plain":
        return PLAIN
    compiled = compiled_decoder()
    if compiled is None:
        pytest.skip("the compiled twin was not built")
    return compiled


@pytest.fixture
def both() -> tuple[NewDecoder, NewDecoder]:
    compiled = compiled_decoder()
    if compiled is None:
        pytest.skip("the compiled twin was not built: there is nothing to compare")
    return PLAIN, compiled
