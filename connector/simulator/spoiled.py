"""What a fault makes the exchange say instead of its answer, by whichever door the request came."""

from connector.simulator.answers import Answer, refused
from connector.simulator.depth_feed import frame_of
from connector.simulator.faults import Armed
from connector.simulator.pace import WEIGHT
from connector.simulator.refusals import HOME, Banned, Refusal

UNKNOWN_ERROR = "Unknown error, please check your request or try again later."
UNKNOWN_ANSWER = Answer(503, frame_of({"code": -1000, "msg": UNKNOWN_ERROR}))
#: These close the connection: nothing is said.
RESETS = ("reset_before_execution", "reset_after_execution")
#: These only make the answer late, by their `ms`.
DELAYS = ("event_before_ack", "slow_snapshot")


def spoiled_answer(fault: Armed, now_ms: int) -> Answer:
    """The answer that a fault gives."""
    if fault.name in ("unknown_but_placed", "unknown_not_placed"):
        return UNKNOWN_ANSWER
    if fault.name == "service_unavailable":
        return Answer(503, frame_of({"msg": "Service Unavailable."}))
    if fault.name == "banned":
        return refused(Banned(HOME, now_ms + fault.ms))
    if fault.name == "rate_limited":
        pause_s = max(1, -(-fault.ms // 1000))
        return refused(Refusal(-1003, HOME, WEIGHT.most, WEIGHT.interval, retry_after_s=pause_s))
    return refused(Refusal(-1007 if fault.name == "timeout_1007" else -1008))
