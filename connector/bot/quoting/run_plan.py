"""What one run trades: a strategy, or several beside one another, each with the settings of its own file. They share
the connector, the account, the budget and the limits; what can't be true of all of them at once is refused."""

from dataclasses import dataclass, field

from connector.bot.quoting.strategy_modules import made
from connector.bot.records.marks import StrategyMark
from connector.core.enums import PositionMode
from connector.core.faults import ConfigFault
from connector.strategies.strategy import RunSettings


@dataclass(frozen=True, slots=True)
class NamedSettings:
    """The settings of one strategy, and what the run calls it."""

    #: That of its file, without folder and ending.
    name: str
    settings: RunSettings
    #: The file; empty where there is none.
    file: str = ""
    #: That it trades, the market of its settings first.
    pairs: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pairs", made(self.settings).pairs)


@dataclass(frozen=True, slots=True)
class RunPlan:
    """Strategies that go together. Raises `ConfigFault` where they do not."""

    strategies: tuple[NamedSettings, ...]

    def __post_init__(self) -> None:
        for number, one in enumerate(self.strategies):
            for earlier in self.strategies[:number]:
                _refuse(earlier, one)

    @property
    def first(self) -> RunSettings:
        """Those that are named first: their market stands first wherever one has to."""
        return self.strategies[0].settings

    @property
    def market(self) -> str:
        return self.first.market

    @property
    def domain(self) -> str:
        return self.first.domain

    @property
    def position_mode(self) -> PositionMode:
        return self.first.position_mode

    @property
    def pairs(self) -> tuple[str, ...]:
        """Each pair once, in the order of the strategies."""
        return tuple(dict.fromkeys(pair for one in self.strategies for pair in one.pairs))

    @property
    def leverages(self) -> dict[str, int]:
        """By pair."""
        return {pair: one.settings.leverage for one in self.strategies for pair in one.pairs}

    @property
    def redundant_streams(self) -> bool:
        """Where one of them wants it, all have it: they share the streams."""
        return any(one.settings.redundant_streams for one in self.strategies)

    @property
    def marks(self) -> tuple[StrategyMark, ...]:
        """What history and report are told of each."""
        return tuple(StrategyMark(one.name, one.settings.strategy, one.pairs) for one in self.strategies)

    @property
    def is_several(self) -> bool:
        return len(self.strategies) > 1


def alone(settings: RunSettings) -> RunPlan:
    """One strategy, which is called as it is."""
    return RunPlan((NamedSettings(settings.strategy, settings),))


def _refuse(one: NamedSettings, other: NamedSettings) -> None:
    """Raises `ConfigFault`: why both can't be traded in one run."""
    mine, theirs = other.settings, one.settings
    if other.name == one.name:
        raise ConfigFault(
            "--config", other.file, f"is called {other.name}, as {one.file} is", "rename one of the files"
        )
    if mine.domain != theirs.domain:
        rule = f"{one.file} has {theirs.domain}, and a run trades at one domain"
        raise ConfigFault("domain", mine.domain, rule, "run them apart, or name one by --domain", other.file)
    if mine.position_mode is not theirs.position_mode:
        rule = f"{one.file} has {theirs.position_mode.value}, and the account has one position mode"
        raise ConfigFault("position_mode", mine.position_mode.value, rule, "write the same into both", other.file)
    for pair in other.pairs:
        if pair in one.pairs and mine.leverage != theirs.leverage:
            rule = f"{one.file} has {theirs.leverage}, and {pair} has one leverage"
            raise ConfigFault("leverage", mine.leverage, rule, "write the same into both", other.file)
        if pair in one.pairs:
            raise ConfigFault("market", pair, f"is traded by {one.file} already", "name another pair", other.file)
