"""What the two shipped examples earned and lost on the recordings: rehearsed by the bot, reckoned by its report.

`python -m tests.companions.documents.shipped_examples` rehearses them anew and writes the figures beside this file; it
needs the recordings. The table on the page is made of the figures.
"""

import io
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console

from connector.bot.analysis.report_figures import Sums, account_reports
from connector.bot.commands.history import read_home
from connector.bot.home import Home, home_at
from connector.bot.quoting.run_plan import alone
from connector.bot.records.databases import Wish
from connector.bot.records.marks import AFTER_S
from connector.bot.rehearsal.rehearsal import Part, Rehearsal
from connector.bot.report.result_split import ResultSplit
from connector.bot.session.instance_journal import Keeping
from connector.config.connector_settings import connector_settings
from connector.config.loader import load_settings
from connector.core.amounts import plain
from connector.store.history_rows import HistoryKind, HistoryRange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from tests.companions.places import RECORDED_2021, RECORDED_2024, ROOT, SHIPPED_SETTINGS, TUNED_SETTINGS

FIGURES = Path(__file__).with_suffix(".json")
EXAMPLES: Mapping[str, Path] = {"first": SHIPPED_SETTINGS, "tuned": TUNED_SETTINGS}
#: A SUSHI was worth an 8,000th of a BTC, so this is as much money in each order.
_AMOUNTS = ("order_amount", "order_level_amount", "quote_with_position_limit")
_SUSHI_FOR_A_BTC = 8_000


@dataclass(frozen=True, slots=True)
class Played:
    """A part of a recording, and the pair that is traded there."""

    name: str
    part: Part
    pair: str
    times_amount: int = 1

    @property
    def is_short(self) -> bool:
        """Whether it takes a second or two to rehearse it."""
        return (self.part.lasts_s or 0) < 60

    def changes(self, example: Path) -> dict[str, object]:
        """What an example's settings need to trade there."""
        loaded = load_settings(example, PerpetualMarketMakingSettings, {})
        amounts = {name: plain(getattr(loaded, name) * self.times_amount) for name in _AMOUNTS}
        return {"market": self.pair, **amounts}


PLAYED = (
    Played("2024, tuned on", Part(RECORDED_2024, 5, 170), "BTC-USDT"),
    Played("2024, kept aside", Part(RECORDED_2024, 175, 165), "BTC-USDT"),
    Played("2021, tuned on", Part(RECORDED_2021, 0, 15), "SUSHI-USDT", _SUSHI_FOR_A_BTC),
    Played("2021, kept aside", Part(RECORDED_2021, 15, 14), "SUSHI-USDT", _SUSHI_FOR_A_BTC),
)


def rehearsed(example: Path, played: Played, root: Path) -> dict[str, Any]:
    """One example on one part, its home at `root`: the figures of a row. The limits are the shipped ones."""
    home = home_at(root)
    settings = load_settings(example, PerpetualMarketMakingSettings, played.changes(example))
    own = connector_settings(ROOT / "conf" / "connector.yml", must_exist=True)
    said = io.StringIO()
    keeping = Keeping(home.data, own, in_loop=True)
    summary = Rehearsal(alone(settings), played.part, keeping, Console(file=said, width=200)).run()
    if summary is None or not summary.agrees:
        raise RuntimeError(f"{example.name} on {played.name}: {said.getvalue()}")
    (life,) = summary.lives
    (result,) = life.results
    return _figures(result, _sums(home), life.bot.position)


def _sums(home: Home) -> Sums:
    """What the report tells of a home."""
    found, wish = read_home(home), Wish(HistoryRange(), None)
    fills, payments = (found.rows(kind, wish) for kind in (HistoryKind.FILLS, HistoryKind.PAYMENTS))
    reports = account_reports(fills, payments, found.marks())
    return reports[0].total if reports else Sums()


def _figures(result: ResultSplit, sums: Sums, position: Decimal) -> dict[str, Any]:
    parts = {name: plain(amount) for name, amount in result.parts.items()}
    after = {str(seconds): plain(sums.after[seconds][0]) for seconds in AFTER_S if seconds in sums.after}
    return {
        "fills": sums.fills, "volume": plain(sums.volume), **parts, "after": after,
        "result": plain(result.change), "position": plain(position),
    }  # fmt: skip


def settings_of(example: Path) -> dict[str, str]:
    """An example's settings as they are loaded, as text."""
    return {
        key: str(value) for key, value in load_settings(example, PerpetualMarketMakingSettings, {}).model_dump().items()
    }


TITLES = (
    "part|example|fills|volume|spread captured|fees|funding|inventory|result|of the volume"
    "|after 1 s|after 5 s|after 30 s"
)


def rows() -> list[tuple[object, ...]]:
    """A row an example and part."""
    told = json.loads(FIGURES.read_text())["rows"]
    return [_row(played.name, name, told[f"{name} {played.name}"]) for played in PLAYED for name in EXAMPLES]


def _row(part: str, name: str, figures: Mapping[str, Any]) -> tuple[object, ...]:
    split = (_rounded(figures[key]) for key in ("spread captured", "fees", "funding", "inventory", "result"))
    after = (_rounded(figures["after"].get(str(seconds))) for seconds in AFTER_S)
    points = Decimal(figures["result"]) / Decimal(figures["volume"]) * 10_000
    return part, name, figures["fills"], _rounded(figures["volume"], 0), *split, f"{points:.1f} bp", *after


def _rounded(text: str | None, digits: int = 2) -> str:
    """In USDT; `–` where nothing was seen."""
    return "–" if text is None else f"{Decimal(text):,.{digits}f}".replace("-0.00", "0.00")


def write_figures() -> None:
    """Rehearses everything, and writes it down."""
    told: dict[str, Any] = {}
    for played in PLAYED:
        for name, example in EXAMPLES.items():
            with tempfile.TemporaryDirectory() as folder:
                told[f"{name} {played.name}"] = rehearsed(example, played, Path(folder))
    settings = {name: settings_of(example) for name, example in EXAMPLES.items()}
    FIGURES.write_text(json.dumps({"settings": settings, "rows": told}, indent=1) + "\n")


if __name__ == "__main__":
    write_figures()
