"""The benchmark of market data measures what it says: its floor does the product's work, its driver the frames'."""

import shutil
from pathlib import Path
from types import ModuleType

import pytest

from connector.core.twins import COMPILED
from tests.bench import compiled, floor, workloads
from tests.bench.figures import Packed
from tests.bench.local_captures import FOUR_PAIRS, make
from tests.bench.workloads import Workload
from tests.companions.places import RECORDED_2021


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(FOUR_PAIRS, tmp_path_factory.mktemp("made"))


@pytest.fixture(params=["recorded", "made"])
def capture(request: pytest.FixtureRequest, made: Path) -> Path:
    """A capture of four pairs: the venue's, and the one that stands in for it."""
    if request.param == "made":
        return made
    if not RECORDED_2021.exists():
        pytest.skip("the recordings are not beside the project")
    return RECORDED_2021


@pytest.fixture
def load(capture: Path) -> Workload:
    return workloads.captured(capture)


def test_the_floor_holds_the_books_best_prices_after_every_frame(load: Workload, tmp_path: Path) -> None:
    library = floor.build(tmp_path)
    if library is None:
        pytest.skip("there is no C++ compiler")
    base = floor.Floor(library, load)
    base.check()
    figures = base.measure(2, 2)
    assert figures.us_per_frame > 0 and figures.worst_us > 0  # by two clocks: a machine that stalls meets either


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    if not COMPILED or shutil.which("c++") is None:
        pytest.skip("the compiled feed was not built, or there is no C++ compiler")
    built = compiled.build(tmp_path_factory.mktemp("driver"))
    assert built is not None
    return built


def test_rounds_of_a_recording_are_one_sequence_that_never_crosses(capture: Path, load: Workload) -> None:
    rounds = workloads.rounds(capture, 3)
    read = rounds.feed()
    for frame in rounds.frames:
        read.on_frame(frame, 1)
    told = read.symbols.values()
    assert sum(followed.applied for followed in told) == len(rounds.frames) == 3 * (len(load.frames) + len(told))


@pytest.mark.parametrize("is_call", [False, True])
def test_the_driver_hands_every_frame_to_the_compiled_feed(load: Workload, driver: ModuleType, is_call: bool) -> None:
    feeds = []

    def new_feed() -> object:
        feeds.append(load.feed())
        return feeds[-1]

    symbols = [workloads.symbol_of(frame) for frame in load.frames]
    figures = Packed(load.frames).measured(driver.Drive(new_feed, load.frames, symbols, is_call).measure, 1, 1)
    assert figures.us_per_frame > 0 and figures.worst_us > 0  # by two clocks: a machine that stalls meets either
    for read in feeds:
        assert sum(followed.applied for followed in read.symbols.values()) == len(load.frames)
