"""The one value that table, command, metrics and page are made of."""

import json
from decimal import Decimal

from connector.bot.report.snapshot import Counts, LimitStatus, StatusSnapshot, as_json
from connector.bot.report.states import BotState, RunState
from connector.core.amounts import NAN, ZERO
from connector.core.enums import TradeType

D = Decimal


def snapshot(**changes: object) -> StatusSnapshot:
    facts: dict[str, object] = {
        "time_ms": 1, "domain": "binance_perpetual_local", "data_of": "", "run_time_s": 1.5, "asset": "USDT",
        "state": BotState(RunState.BANNED, "the exchange wants silence", 60_000), "wallet": D(10_000),
        "unrealized_pnl": D("-4001.70"), "available": D("5.0"), "margin_ratio": NAN, "markets": (), "positions": (),
        "result": None, "counts": Counts(1, 0, 0, 0, 0, ZERO, 0, 0, {"BNB": D("0.10")}, ZERO), "refusals": (),
        "pauses": (), "kept_back": 0, "orders": (),
    }  # fmt: skip
    return StatusSnapshot(**(facts | changes))  # type: ignore[arg-type]


def test_its_json_form_is_text_for_money_and_null_for_what_nobody_knows() -> None:
    row = json.loads(json.dumps(snapshot().to_json()))
    assert row["equity"] == "5998.3"
    assert row["margin_ratio"] is None
    assert row["state"] == {
        "name": "banned", "reason": "the exchange wants silence", "until_ms": 60_000,
        "text": "banned until 1970-01-01 00:01:00 UTC: the exchange wants silence",
    }  # fmt: skip
    assert row["counts"]["other_fees"] == {"BNB": "0.1"}


def test_limits_are_shown_with_use_and_bound() -> None:
    limit = LimitStatus("maximum position", D("0.5"), D(1), "BTC")
    row = snapshot(limits=(limit,)).to_json()["limits"]
    assert row == [{"name": "maximum position", "used": "0.5", "bound": "1", "unit": "BTC", "struck": ""}]


def test_a_side_is_told_by_its_name() -> None:
    assert as_json((TradeType.BUY, None, 1.5, {"a": D("2.50")})) == ["BUY", None, 1.5, {"a": "2.5"}]
