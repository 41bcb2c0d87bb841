"""The HTTP interface of a recogniser, as a FastAPI application. Imported only where a server runs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from imgrec_lib import __version__
from imgrec_lib.images.sources import shown
from imgrec_lib.serving import documentation, pictures
from imgrec_lib.serving.guarding import MISTAKE, Guard
from imgrec_lib.serving.limits import Limits, Refused, Upload, busy
from imgrec_lib.serving.service import Service

PAGE = Path(__file__).parent / "page"
PAGE_FILES = {
    "/": ("index.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
    "/camera.js": ("camera.js", "text/javascript"),
}
PICTURES = {"type": "array", "items": {"type": "string", "format": "binary"}}
FORM = {"type": "object", "required": [pictures.FIELD], "properties": {pictures.FIELD: PICTURES}}
BODY = {"required": True, "content": {"multipart/form-data": {"schema": FORM}}}
NOTHING_THERE = "There is nothing at this address; `/docs` lists what there is."


class Fault(BaseModel):
    """Why a request got no answer."""

    detail: str = Field(description="what is wrong and what to do, in one sentence")


class Prediction(BaseModel):
    """The answer to one picture."""

    photo: str = Field(description="the file name as it was sent")
    label: str = Field(description='a class, or "none of these" where the recogniser is too unsure')
    probabilities: dict[str, float] = Field(description="for each class, from 0 to 1")
    explanation: str | None = Field(None, description="where the network looked: a PNG to lay over the picture")
    explanation_missing: str | None = Field(None, description="why there is no explanation")


class Health(BaseModel):
    """How the server is."""

    status: str = Field(description='"ok"')


REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Fault, "description": "no form, no picture in it, or what is not a picture"},
    403: {"model": Fault, "description": "a request from the page of another site"},
    408: {"model": Fault, "description": "a request that took too long to arrive"},
    413: {"model": Fault, "description": "too many bytes, pictures or pixels"},
    415: {"model": Fault, "description": "a body that is no form with files"},
    422: {"model": Fault, "description": "a parameter with a value that it cannot have"},
    503: {"model": Fault, "description": "too much to do now; Retry-After says in how many seconds to ask again"},
}


def create(service: Service, host: str = "127.0.0.1", names: Iterable[str] = ()) -> Guard:
    """The application around a service, guarded for a server that listens on `host` and also answers to `names`.

    The service is closed when the server ends.
    """

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        service.close()

    description = f"A recogniser that tells apart: {', '.join(service.description.class_names)}."
    options = {"docs_url": None, "redoc_url": None, "lifespan": lifespan}
    app = FastAPI(title="imgrec", version=__version__, description=description, **options)
    _add_page(app)
    _add_predict(app, service)
    _add_questions(app, service)
    handlers = {Refused: _refused, RequestValidationError: _invalid, HTTPException: _odd, Exception: _broken}
    for error, handler in handlers.items():
        app.add_exception_handler(error, handler)
    return Guard(app, host, names)


def _add_page(app: FastAPI) -> None:
    def add(address: str, content: bytes, kind: str) -> None:
        async def get() -> Response:
            return Response(content, media_type=kind)

        app.add_api_route(address, get, methods=["GET", "HEAD"], include_in_schema=False)

    for address, (name, kind) in PAGE_FILES.items():
        add(address, (PAGE / name).read_bytes(), kind)

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(documentation.render(app.openapi()))


def _add_questions(app: FastAPI, service: Service) -> None:
    @app.get("/health", summary="Whether the server is well", responses={503: REFUSALS[503]})
    async def health() -> Health:
        if not service.batcher.alive:
            raise busy("The server is ending; try again once it is back.")
        return Health(status="ok")

    @app.get("/model", summary="What the recogniser is, how it was measured, and the limits of this server")
    async def model() -> dict[str, Any]:
        return service.model()


def _add_predict(app: FastAPI, service: Service) -> None:
    limits = service.limits

    @app.post(
        "/predict",
        summary="What is on one or several pictures",
        response_model_exclude_unset=True,
        responses=REFUSALS,
        openapi_extra={"requestBody": BODY},
    )
    async def predict(
        request: Request,
        explain: Annotated[bool, Query(description="1 to be shown where the network looked")] = False,
    ) -> list[Prediction]:
        with service.room.request(), service.room.upload() as upload:
            try:
                async with asyncio.timeout(limits.seconds_for_answer):
                    sent = await _read(request, upload, limits)
                    return await service.predict(sent, explain)
            except TimeoutError:
                raise busy(f"The answer took more than {limits.seconds_for_answer:g} seconds; try again.") from None
            except ClientDisconnect:
                raise Refused(400, "The request broke off; send it again.") from None


async def _read(request: Request, upload: Upload, limits: Limits) -> list[pictures.Sent]:
    boundary = pictures.check_headers(dict(request.headers), limits)
    try:
        async with asyncio.timeout(limits.seconds_for_body):
            return await pictures.read(request.stream(), boundary, upload)
    except TimeoutError:
        sentence = f"The request did not arrive within {limits.seconds_for_body:g} seconds; send fewer bytes at once."
        raise Refused(408, sentence) from None


async def _refused(_: Request, error: Refused) -> JSONResponse:
    return JSONResponse({"detail": error.sentence}, error.status, error.headers)


async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    name, given = str(first["loc"][-1]), shown(str(first.get("input")))
    return JSONResponse({"detail": f'The parameter {name} is "{given}"; give 1 or 0.'}, 422)


async def _odd(request: Request, error: HTTPException) -> JSONResponse:
    sentence = NOTHING_THERE if error.status_code == 404 else f"{error.detail}."
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow") or (error.headers or {}).get("allow", "another method")
        sentence = f"{shown(request.method)} is not what {shown(request.url.path)} answers to; use {allowed}."
    return JSONResponse({"detail": sentence}, error.status_code, error.headers)


async def _broken(_: Request, __: Exception) -> JSONResponse:
    return JSONResponse({"detail": MISTAKE}, 500)
