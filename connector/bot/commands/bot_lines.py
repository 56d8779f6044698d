"""How a bot stands, as rows of text, from the JSON of its snapshot: what `connector status` shows a person."""

from collections.abc import Iterator
from typing import Any


def bot_lines(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Titles and texts; a bot that has no session yet has its state alone."""
    yield "state", row["state"]["text"]
    if "equity" not in row:
        return
    asset, dry = row["asset"], f", DRY RUN on the data of {row['data_of']}" if row["data_of"] else ""
    pairs = ", ".join(market["trading_pair"] for market in row["markets"])
    yield "trades", f"{pairs} on {row['domain']}{dry}, process {row['pid']}, for {_span(row['run_time_s'])}"
    yield (
        "equity",
        f"{_money(row['equity'])} {asset}, wallet {_money(row['wallet'])}, available {_money(row['available'])}",
    )
    for held in row["positions"]:
        yield "position", _position(held)
    if row["result"]:
        parts = {name: amount for name, amount in row["result"].items() if not isinstance(amount, dict)}
        yield "result", ", ".join(f"{name.replace('_', ' ')} {_money(amount)}" for name, amount in parts.items())
    counts = row["counts"]
    yield "fills", f"{counts['buys']} buys, {counts['sells']} sells, volume {_money(counts['volume'])}"
    yield "orders", f"{len(row['orders'])} open, {counts['placed']} placed, {counts['rejected']} refused"
    for refused in row["refusals"]:
        yield "refused", f"{refused['count']} x {refused['code']} {refused['meaning']}"
    for limit in row["limits"]:
        struck = f": struck, {limit['struck']}" if limit["struck"] else ""
        yield "limit", f"{limit['name']} {_money(limit['used'])} of {_money(limit['bound'])} {limit['unit']}{struck}"


def _position(held: dict[str, Any]) -> str:
    side = "" if held["position_side"] == "BOTH" else f" {held['position_side'].lower()}"
    liquidation = held["liquidation_price"]
    away = f", liquidated at {liquidation}" if liquidation not in (None, "0") else ""
    far = f" ({held['liquidation_distance']} % away)" if away and held["liquidation_distance"] is not None else ""
    return (
        f"{held['amount']} {held['trading_pair']}{side} entered at {held['entry_price']}, mark {held['mark_price']}, "
        f"unrealised {_money(held['unrealized_pnl'])}{away}{far}"
    )


def _span(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def _money(figure: str | float | None) -> str:
    """With four places."""
    return "unknown" if figure is None else f"{float(figure):,.4f}"
