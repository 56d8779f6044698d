"""Which twins are in use: of all rooms the compiled ones, or of all rooms the plain ones. Half of each can't happen.

The rule stands here, below every room, since it is settled before any of them is loaded: the compiled twins serve
where each of them was built and can be loaded, and `CONNECTOR_PLAIN=1` was not set. They are known by name alone.
"""

import importlib
import os

#: Every compiled module of the project.
MODULES = (
    "connector.account.compiled.margin_book",
    "connector.account.compiled.margin_side",
    "connector.account.compiled.order_holds",
    "connector.account.compiled.order_ladder",
    "connector.core.compiled.frame_taker",
    "connector.core.compiled.record_taker",
    "connector.core.compiled.row_form",
    "connector.core.compiled.rule_form",
    "connector.exchange.compiled.fill_relay",
    "connector.exchange.compiled.hop_times",
    "connector.exchange.orders.compiled.permit",
    "connector.exchange.orders.compiled.quick_budget",
    "connector.exchange.orders.compiled.quick_entry",
    "connector.exchange.orders.compiled.quick_limits",
    "connector.exchange.orders.compiled.quick_wishes",
    "connector.market.compiled.depth_reader",
    "connector.market.compiled.facts",
    "connector.market.compiled.feed",
    "connector.market.compiled.frames",
    "connector.market.compiled.funding_rate",
    "connector.market.compiled.ladder",
    "connector.market.compiled.level_export",
    "connector.market.compiled.order_book",
    "connector.market.compiled.scan",
    "connector.market.compiled.symbol_feed",
    "connector.market.compiled.symbol_table",
    "connector.net.compiled.hmac_key",
    "connector.net.compiled.json_params",
    "connector.net.compiled.listener",
    "connector.net.compiled.way_out",
    "connector.net.limits.compiled.at_once",
    "connector.orders.compiled.fill_way",
    "connector.orders.compiled.order_record",
    "connector.orders.compiled.wishes",
    "connector.store.compiled.log_tail",
    "connector.store.compiled.record_lines",
    "connector.strategies.compiled.touch_moves",
    "connector.wire.compiled.event_scan",
    "connector.wire.compiled.user_events",
)
PLAIN_ASKED_FOR = "CONNECTOR_PLAIN=1"


def why_plain() -> str:
    """Why the compiled twins are not in use; empty where they are."""
    if os.environ.get("CONNECTOR_PLAIN") == "1":
        return PLAIN_ASKED_FOR
    for module in MODULES:
        try:
            importlib.import_module(module)
        except Exception as error:
            # One that is not there is an ImportError; one that was built against other declarations (of picows, or
            # of a neighbour before it changed) is refused by the loader as a ValueError or a TypeError.
            return f"{module}: {error}"
    return ""


#: Settled once a process.
WHY_PLAIN = why_plain()
COMPILED = not WHY_PLAIN
#: What a screen says of it.
TWINS_IN_USE = "compiled" if COMPILED else "plain Python"
