"""The connection under a request, cut without a word: what an outage looks like from outside."""

from aiohttp import web


def abort(request: web.BaseRequest) -> None:
    """Cuts the connection that a request came by, if it still has one; what was not sent yet is lost."""
    if request.transport is not None:
        request.transport.abort()
