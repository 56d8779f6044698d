import pytest

from tests.companions.market.scenes import PLAIN, NewDecoder, compiled_decoder


def compiled(way: str) -> NewDecoder:
    """The compiled twin as it is, or reading every frame as machines do that can't compare it with the one before."""
    decoder = compiled_decoder()
    if decoder is None:
        pytest.skip("the compiled twin was not built")
    return decoder if way == "compiled" else lambda: decoder(caches_layouts=False)


@pytest.fixture(params=["plain", "compiled", "uncached"])
def new_decoder(request: pytest.FixtureRequest) -> NewDecoder:
    """Makes decoders (and by them books) of one twin: every test that takes it runs on both."""
    return PLAIN if request.param == "plain" else compiled(request.param)


@pytest.fixture(params=["compiled", "uncached"])
def both(request: pytest.FixtureRequest) -> tuple[NewDecoder, NewDecoder]:
    return PLAIN, compiled(request.param)
