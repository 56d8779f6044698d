import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connector.simulator.http_transport import abort


async def test_a_connection_that_is_cut_leaves_its_request_without_an_answer() -> None:
    async def cut(request: web.Request) -> web.Response:
        abort(request)
        abort(request)
        return web.Response(text="never sent")

    app = web.Application()
    app.router.add_get("/", cut)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get(server.make_url("/"))
