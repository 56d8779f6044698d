"""What ran when, looked up by time."""

import time

from connector.bot.records.run_heads import RunHeads

BOTH = [{"name": "btc", "strategy": "mine", "pairs": ["B-U"]}, {"name": "eth", "strategy": "mine", "pairs": ["E-U"]}]


def head(at_ms: int, **facts: object) -> tuple[str, dict[str, object]]:
    return "one", {"kind": "run", "time_ms": at_ms, "strategy": "several", **facts}


def names(heads: RunHeads, pair: str, at_ms: int, instance: str = "one") -> list[str]:
    return [row["name"] for row in heads.strategies(instance, pair, at_ms)]


def test_a_row_is_of_the_run_before_it_and_of_the_strategy_that_trades_its_pair() -> None:
    heads = RunHeads([head(10, strategy="earlier"), head(20, strategies=BOTH), head(30, strategies=BOTH[1:])])
    assert [names(heads, "B-U", at_ms) for at_ms in (9, 10, 19, 20, 30)] == [
        [], ["earlier"], ["earlier"], ["btc"], ["eth"]
    ]  # fmt: skip
    assert names(heads, "E-U", 25) == ["eth"]
    assert names(heads, "X-U", 25) == []
    assert names(heads, "E-U", 25, "another") == []


def test_where_times_step_back_the_run_that_was_written_last_counts() -> None:
    heads = RunHeads([head(10, strategy="first"), head(50, strategy="second"), head(10, strategy="again")])
    assert [names(heads, "B-U", at_ms) for at_ms in (9, 10, 50, 60)] == [[], ["again"], ["again"], ["again"]]
    heads = RunHeads([head(50, strategy="first"), head(10, strategy="again")])
    assert [names(heads, "B-U", at_ms) for at_ms in (10, 60)] == [["again"], ["again"]]


def test_many_runs_cost_a_look_up_next_to_nothing() -> None:
    heads = RunHeads(head(at_ms, strategies=BOTH) for at_ms in range(20_000))
    started_s = time.process_time()
    assert all(names(heads, "E-U", at_ms) == ["eth"] for at_ms in range(20_000))
    assert time.process_time() - started_s < 2, "looked through one by one they took minutes"
