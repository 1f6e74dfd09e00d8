"""Verbs for the command line of the machine's operator, on the home's socket only."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fairlead.model.errors import Fault
from fairlead.wiring import verbs
from fairlead.wiring.services import Services


def route(services: Services) -> Route:
    """`POST /local/verbs/<name>` with the verb's words as a JSON object of text."""

    async def answer(request: Request) -> Response:
        words = {str(key): str(value) for key, value in (await request.json()).items()}
        try:
            reply = await run_in_threadpool(verbs.ask, services, request.path_params["name"], words)
        # As a value, so that the command line can word it and choose the exit code as if it had run the verb itself.
        except Fault as fault:
            body = {"title": fault.message, "hint": fault.hint}
            return JSONResponse(body, status_code=422, media_type="application/problem+json")
        headers = {"x-exit-code": str(reply.exit_code)}
        return Response(reply.text, media_type=reply.media_type, headers=headers)

    return Route("/local/verbs/{name}", answer, methods=["POST"])
