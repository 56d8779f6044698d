"""Strategies by name: ours are modules of `connector.strategies`, one's own are files in the home's `strategies/`.

A strategy is a module that has `Settings`, `begin` and `decide`. Nothing registers it: the key `strategy` of a settings
file is the name of its file.
"""

import importlib
import importlib.util
import re
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel

from connector.config.document import read_document
from connector.core.faults import ConfigFault, StrategyFault
from connector.core.intents import Intent
from connector.strategies.perpetual_market_making_settings import STRATEGY, PerpetualMarketMakingSettings
from connector.strategies.strategy import PlainStrategy, RunSettings, Strategy
from connector.strategies.touch_quoting import TouchQuoting
from connector.strategies.view import MarketView

#: Ours that a settings file may name, beside the one that is run without a name.
OURS = ("avellaneda_perpetual", "funding_spread", "grid_perpetual")
#: Every strategy of the package.
NAMES = (STRATEGY, *OURS)
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
#: Under which a home's files are known to Python.
_OWN = "connector_own_strategies"
_NEEDED = ("Settings", "begin", "decide")


def model_of(settings_file: Path, own_folder: Path) -> type[BaseModel]:
    """The settings class of the strategy that the file names. Raises `ConfigFault`."""
    named = read_document(settings_file)
    name = named.values.get("strategy", STRATEGY)
    if name is None or name == STRATEGY:
        return PerpetualMarketMakingSettings
    module = _module(str(name), own_folder, named.where("strategy"))
    found: type[BaseModel] = module.Settings
    return found


def settings_of(name: str) -> type[BaseModel]:
    """The settings class of one of `NAMES`."""
    if name == STRATEGY:
        return PerpetualMarketMakingSettings
    found: type[BaseModel] = importlib.import_module(f"connector.strategies.{name}").Settings
    return found


def made(settings: RunSettings) -> Strategy:
    """The strategy of those settings, which stand in its module, with a memory of its own."""
    if isinstance(settings, PerpetualMarketMakingSettings):
        return TouchQuoting(settings)
    return _Guarded(sys.modules[type(settings).__module__], settings)


class _Guarded(PlainStrategy):
    """What it raises is one line with its file and line."""

    def __init__(self, module: ModuleType, settings: Any) -> None:
        self._name = module.__name__.rpartition(".")[2]
        self._file = str(module.__file__)
        try:
            super().__init__(module, settings)
        except Exception as error:
            raise self._fault(error) from error

    def decide(self, view: MarketView) -> tuple[Intent, ...]:
        try:
            return super().decide(view)
        except Exception as error:
            raise self._fault(error) from error

    def _fault(self, error: Exception) -> StrategyFault:
        return StrategyFault(f"strategy {self._name}: {_where(error, self._file)}: {_what(error)}")


def _module(name: str, own_folder: Path, where: str) -> ModuleType:
    if not NAME.fullmatch(name):
        raise ConfigFault("strategy", name, "is no name of a strategy", "small letters, digits and _", where)
    own = own_folder / f"{name}.py"
    if name in OURS:
        if own.exists():
            raise ConfigFault("strategy", name, f"is ours, and {own} too", "give yours another name", where)
        return importlib.import_module(f"connector.strategies.{name}")
    if not own.is_file():
        known = ", ".join(NAMES)
        raise ConfigFault("strategy", name, "is no strategy", f"use {known}, or write {own}", where)
    module = _loaded(name, own)
    missing = [needed for needed in _NEEDED if not hasattr(module, needed)]
    if missing or not (isinstance(module.Settings, type) and issubclass(module.Settings, BaseModel)):
        lacks = ", ".join(missing) or "a Settings of StrategySettings"
        raise ConfigFault("strategy", name, f"{own} lacks {lacks}", "see docs/strategies.md", where)
    return module


def _loaded(name: str, file: Path) -> ModuleType:
    """The file as a module. Raises `ConfigFault` with the line of what it raises."""
    known = f"{_OWN}.{name}"
    spec = importlib.util.spec_from_file_location(known, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[known] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[known]
        rule = f"can't be loaded: {_where(error, str(file))}: {_what(error)}"
        raise ConfigFault("strategy", name, rule, "mend that line") from error
    return module


def _where(error: Exception, file: str) -> str:
    """The last line of that file which the error went through."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return f"{file}:{error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return f"{file}:{lines[-1]}" if lines else file


def _what(error: Exception) -> str:
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {' '.join(text.split())}" if text else type(error).__name__
