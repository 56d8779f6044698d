import asyncio
import gc
import weakref

import pytest

from connector.simulator.garbage import OUTLIVED_AFTER, rare_collections


class Knot:
    """Holds itself, so that only a collection frees it."""

    def __init__(self) -> None:
        self.itself = self


async def test_while_it_lasts_no_full_collection_comes_by_itself() -> None:
    before = gc.get_threshold()
    async with rare_collections():
        full = gc.get_stats()[2]["collections"]
        kept = [[number] for number in range(200_000)]
        assert gc.get_stats()[2]["collections"] == full
        assert gc.get_stats()[1]["collections"] > 0 and len(kept) == 200_000
    assert gc.get_threshold() == before


async def test_what_outlived_the_youngest_never_becomes_much_before_it_is_looked_through() -> None:
    async with rare_collections():
        before = [row["collections"] for row in gc.get_stats()]
        kept = [[number] for number in range(200_000)]
        youngest, outlived, _ = (row["collections"] - was for row, was in zip(gc.get_stats(), before, strict=True))
    assert len(kept) == 200_000 and youngest > 50
    assert outlived >= youngest // (OUTLIVED_AFTER + 1) - 1


async def test_what_is_garbage_goes_all_the_same() -> None:
    async with rare_collections(every_s=0.01):
        knot = Knot()
        gone = weakref.ref(knot)
        gc.collect(1)
        del knot
        async with asyncio.timeout(5):
            while gone() is not None:
                await asyncio.sleep(0.01)


async def test_an_end_by_an_error_leaves_collections_as_they_were() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    with pytest.raises(ZeroDivisionError):
        async with rare_collections():
            assert gc.get_freeze_count() > frozen
            raise ZeroDivisionError
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)
