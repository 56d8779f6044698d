"""What a fault makes the exchange say instead of its answer, whichever way the request came."""

from collections.abc import Callable

from connector.simulator.access.loopback import HOME
from connector.simulator.access.rate_limits import WEIGHT
from connector.simulator.errors import Banned, VenueError
from connector.simulator.fault_injection.faults import Armed
from connector.simulator.json_bytes import frame_of
from connector.simulator.rest.dispatch import Answer, refused

UNKNOWN_ERROR = "Unknown error, please check your request or try again later."
UNKNOWN_ANSWER = Answer(503, frame_of({"code": -1000, "msg": UNKNOWN_ERROR}))
UNAVAILABLE_ANSWER = Answer(503, frame_of({"msg": "Service Unavailable."}))
#: These close the connection: nothing is said.
RESETS = ("reset_before_execution", "reset_after_execution", "executed_late_reset")
#: These are answered at once and carried out later, by their `ms`.
LATE = ("executed_late", "executed_late_1007", "executed_late_408", "executed_late_reset")
#: These only make the answer late, by their `ms`.
DELAYS = ("event_before_ack", "slow_snapshot", "slow_answer")


def _refusing(code: int) -> Callable[[Armed, int], Answer]:
    return lambda fault, now_ms: refused(VenueError(code))


def _unknown(fault: Armed, now_ms: int) -> Answer:
    return UNKNOWN_ANSWER


def _unavailable(fault: Armed, now_ms: int) -> Answer:
    return UNAVAILABLE_ANSWER


def _timed_out(fault: Armed, now_ms: int) -> Answer:
    return Answer(408, frame_of({"msg": "Request Timeout."}))


def _banned(fault: Armed, now_ms: int) -> Answer:
    return refused(Banned(HOME, now_ms + fault.ms))


def _rate_limited(fault: Armed, now_ms: int) -> Answer:
    pause_s = max(1, -(-fault.ms // 1000))
    return refused(VenueError(-1003, HOME, WEIGHT.most, WEIGHT.interval, retry_after_s=pause_s))


#: What is said instead of an answer, by the fault's name.
FAULTY_ANSWERS: dict[str, Callable[[Armed, int], Answer]] = {
    "unknown_but_placed": _unknown,
    "unknown_not_placed": _unknown,
    "executed_late": _unknown,
    "executed_late_1007": _refusing(-1007),
    "executed_late_408": _timed_out,
    "service_unavailable": _unavailable,
    "banned": _banned,
    "rate_limited": _rate_limited,
    "timeout_408": _timed_out,
    "timeout_1006": _refusing(-1006),
    "timeout_1007": _refusing(-1007),
    "overloaded_1008": _refusing(-1008),
}


def faulty_answer(fault: Armed, now_ms: int) -> Answer:
    """The answer that a fault of the table gives."""
    return FAULTY_ANSWERS[fault.name](fault, now_ms)


#: What a proxy says of an exchange that is down, by status.
_DOWN = {"502": "Bad Gateway", "503": "Service Temporarily Unavailable", "504": "Gateway Time-out"}


def outage_answer(fault: Armed) -> Answer | None:
    """The page that everything is answered with while the exchange is down; None where nothing is said."""
    words = _DOWN.get(fault.answer)
    if words is None:
        return None
    title = f"{fault.answer} {words}"
    page = f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
    return Answer(int(fault.answer), f"{page}</body>\r\n</html>\r\n".encode(), content_type="text/html")
