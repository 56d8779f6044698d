"""How long the bot itself takes with a decision: from the frame that led to it, and from it to the socket."""

from collections.abc import Iterator

from prometheus_client.core import Metric

from connector.bot.metrics.families import histogram
from connector.bot.report.status_source import StatusSource


def hop_figures(epoch: StatusSource) -> Iterator[Metric]:
    """As counted so far in this epoch; nothing before somebody asked for the times."""
    times = epoch.connector.hop_times
    if times is None:
        return
    yield histogram(
        "frame_to_decision_seconds",
        "From a frame of the books, as its socket hands it over, to the decision that it led to in the same turn.",
        times.to_decision,
    )
    yield histogram(
        "decision_to_socket_seconds",
        "From a decision to the last byte of each request that left in the same turn, over the WS-API.",
        times.to_socket,
    )
