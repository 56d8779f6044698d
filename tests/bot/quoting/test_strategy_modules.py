"""A strategy is found by its name, and what is wrong with one's own is one line with its file and line."""

from pathlib import Path

import pytest

from connector.bot.quoting.strategy_modules import NAMES, OURS, made, model_of, settings_of
from connector.config.loader import load_settings
from connector.core.faults import ConfigFault, StrategyFault
from connector.strategies import avellaneda_perpetual, grid_perpetual
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.strategy import Strategy
from connector.strategies.touch_quoting import TouchQuoting
from tests.companions.strategies.scene import moment, settings

OWN = """\
from connector.strategies.strategy_settings import StrategySettings


class Settings(StrategySettings):
    pass


def begin(settings):
    return 0


def decide(settings, state, view):
    return (), state + 1
"""
WRITTEN = "strategy: {name}\nmarket: BTC-USDT\nleverage: 5\norder_amount: 0.01\n"


def file_of(folder: Path, name: str) -> Path:
    path = folder / "settings.yml"
    path.write_text(WRITTEN.format(name=name))
    return path


def own(folder: Path, text: str = OWN, name: str = "mine") -> Strategy:
    (folder / f"{name}.py").write_text(text)
    path = file_of(folder, name)
    return made(load_settings(path, model_of(path, folder)))  # type: ignore[arg-type]


def test_ours_are_found_by_the_name_of_their_module(tmp_path: Path) -> None:
    models = {name: model_of(file_of(tmp_path, name), tmp_path) for name in OURS}
    assert models["avellaneda_perpetual"] is avellaneda_perpetual.Settings
    assert models["grid_perpetual"] is grid_perpetual.Settings
    assert [settings_of(name) for name in NAMES] == [PerpetualMarketMakingSettings, *models.values()]
    assert model_of(file_of(tmp_path, "perpetual_market_making"), tmp_path) is PerpetualMarketMakingSettings
    assert isinstance(made(settings()), TouchQuoting)


def test_a_file_of_the_home_is_a_strategy_by_its_name(tmp_path: Path) -> None:
    strategy = own(tmp_path)
    assert strategy.pairs == ("BTC-USDT",)
    assert strategy.decide(moment()) == ()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (OWN.replace("return 0", "return 0 +"), 9, "SyntaxError: invalid syntax"),
        ("import nowhere_at_all\n" + OWN, 1, "ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("x = 1 / 0\n", 1, "ZeroDivisionError: division by zero"),
    ],
)
def test_a_file_that_can_not_be_loaded_is_one_line_that_names_its_own(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    with pytest.raises(ConfigFault) as caught:
        own(tmp_path, text)
    assert f"{tmp_path / 'mine.py'}:{line}: {said}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_a_strategy_raises_names_the_line_of_its_own_file(tmp_path: Path) -> None:
    strategy = own(tmp_path, OWN.replace("return (), state + 1", "return (), state / 0"))
    with pytest.raises(StrategyFault) as caught:
        strategy.decide(moment())
    assert str(caught.value) == f"strategy mine: {tmp_path / 'mine.py'}:13: ZeroDivisionError: division by zero"


def test_what_it_raises_at_its_beginning_is_told_the_same_way(tmp_path: Path) -> None:
    with pytest.raises(StrategyFault, match=r"mine\.py:9: KeyError: 'a'"):
        own(tmp_path, OWN.replace("return 0", 'return {}["a"]'))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "nothing_there",
            "is no strategy; use perpetual_market_making, avellaneda_perpetual, funding_spread, grid",
        ),
        ("../mine", "is no name of a strategy"),
        ("Mine", "is no name of a strategy"),
    ],
)
def test_a_name_that_is_none_is_refused_with_its_line(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(ConfigFault) as caught:
        model_of(file_of(tmp_path, name), tmp_path)
    assert said in str(caught.value)
    assert "settings.yml:1" in str(caught.value)


def test_a_file_that_lacks_a_part_is_told_which(tmp_path: Path) -> None:
    with pytest.raises(ConfigFault, match=r"mine\.py lacks begin"):
        own(tmp_path, OWN.replace("def begin", "def start"))
    with pytest.raises(ConfigFault, match="lacks a Settings of StrategySettings"):
        own(tmp_path, OWN.replace("class Settings(StrategySettings)", "class Settings"))


def test_one_of_our_names_may_not_be_taken(tmp_path: Path) -> None:
    (tmp_path / "grid_perpetual.py").write_text(OWN)
    with pytest.raises(ConfigFault, match="is ours"):
        model_of(file_of(tmp_path, "grid_perpetual"), tmp_path)
