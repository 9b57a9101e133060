"""The error tree. Every error has a stable code; its Chinese sentence stands in wording.yml.

ZhuwoError
├── RequestRefused     the client can mend it (4xx)
└── EngineFailed       the engine gave no usable reply: the resident hears an apology
    ├── EngineMissed   no answer within the deadline, or no connection
    ├── EngineBusy     too many turns at once
    └── EngineNonsense an answer we do not know
"""

from __future__ import annotations

import re
import uuid
from functools import cache
from pathlib import Path
from typing import Any

import structlog
import yaml
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

PROBLEM = "application/problem+json"
CODES = {400: "invalid_json", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
FIELD = re.compile(r"[a-z0-9_.]{1,100}")

log = structlog.get_logger()


class ZhuwoError(Exception):
    """An error with a code."""

    code = "internal"


class RequestRefused(ZhuwoError):
    """What the client sent cannot be taken. `status` is the HTTP status."""

    def __init__(self, code: str, status: int, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.retry_after = retry_after


class EngineFailed(ZhuwoError):
    """The engine gave no usable reply."""

    code = "engine_failed"


class EngineMissed(EngineFailed):
    """No answer in time."""

    code = "engine_missed"


class EngineBusy(EngineFailed):
    """Too many turns at once."""

    code = "engine_busy"


class EngineNonsense(EngineFailed):
    """An answer of an unknown form."""

    code = "engine_nonsense"


@cache
def load_wording() -> dict[str, Any]:
    """The sentences of the gateway itself."""
    wording: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "wording.yml").read_text(encoding="utf-8"))
    return wording


def problem(code: str, status: int, retry_after: int | None = None, **more: Any) -> JSONResponse:
    """An RFC 9457 problem with a Chinese title and detail and a reference for the log."""
    reference = uuid.uuid4().hex[:12]
    words = load_wording()["errors"][code]
    log.warning("problem", code=code, status=status, reference=reference)
    body = {
        "type": f"urn:zhuwo:problem:{code}",
        "code": code,
        "status": status,
        **words,
        "reference": reference,
    }
    headers = {"Retry-After": str(retry_after)} if retry_after else None
    return JSONResponse({**body, **more}, status, headers, media_type=PROBLEM)


def handle_errors(app: FastAPI) -> None:
    """Registers the one place where errors become answers."""

    @app.exception_handler(RequestRefused)
    async def refused(request: Request, error: RequestRefused) -> JSONResponse:
        return problem(error.code, error.status, error.retry_after)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        kinds = {found["type"] for found in error.errors()}
        if "json_invalid" in kinds:
            return problem("invalid_json", 400)
        named = (".".join(str(part) for part in found["loc"][1:]) for found in error.errors())
        fields = [name for name in named if FIELD.fullmatch(name)]
        return problem("too_long" if "string_too_long" in kinds else "invalid_request", 422, fields=fields)

    @app.exception_handler(EngineFailed)
    async def unanswered(request: Request, error: EngineFailed) -> JSONResponse:
        return problem("engine_failed", 503, retry_after=10)

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> JSONResponse:
        if isinstance(error.__cause__, RequestRefused):  # raised while FastAPI was reading the body
            return problem(error.__cause__.code, error.__cause__.status)
        return problem(CODES.get(error.status_code, "invalid_request"), error.status_code)

    @app.exception_handler(SQLAlchemyError)
    async def unstored(request: Request, error: SQLAlchemyError) -> JSONResponse:
        log.error("database", error=type(error).__name__)
        return problem("not_stored", 503, retry_after=10)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.exception("unexpected", path=request.url.path)
        return problem("internal", 500)
