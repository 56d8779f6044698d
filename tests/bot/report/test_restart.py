"""The restart's table on the screen."""

import io

from rich.console import Console

from connector.bot.report.restart import restart_table
from connector.exchange.network.restart_table import Outcome, RestartRow, RestartTable, Whose


def shown(found: RestartTable) -> str:
    console = Console(file=io.StringIO(), width=160)
    console.print(restart_table(found))
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text


def test_own_orders_come_first_and_many_of_others_are_counted() -> None:
    foreign = [RestartRow(Whose.FOREIGN, "BTCUSDT", f"web_{n}", "BUY 1", Outcome.KEPT) for n in range(25)]
    own = RestartRow(Whose.OWN, "ETHUSDT", "desk1-a", "SELL 2 at 3000", Outcome.CANCELLED, "canceled, 1 filled")
    text = shown(RestartTable(1, rows=[*foreign, own]))
    assert text.index("desk1-a") < text.index("web_0")
    assert "canceled, 1 filled" in text
    assert "web_9" in text and "web_10" not in text
    assert "15 more" in text
