"""Operation: is the process alive, does it answer, and is a place open."""

from __future__ import annotations

import datetime as dt
import time
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from actions.catalogue.hours import opening
from api.errors import RequestRefused, problem
from api.settings import SHANGHAI

FRESH_SECONDS = 30.0

router = APIRouter()


@router.get("/healthz")
async def tell_health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def tell_readiness(request: Request) -> JSONResponse:
    """200 when a turn (a resident's or a canary) was answered within the last 30 s, else 503."""
    answered_at = request.app.state.desk.engine.health.answered_at
    if answered_at is not None and time.monotonic() - answered_at < FRESH_SECONDS:
        return JSONResponse({"status": "ready"})
    return problem("not_ready", 503, retry_after=5)


@router.get("/api/v1/places/{place_id}/opening")
async def tell_opening(
    request: Request, place_id: str, at: Annotated[dt.datetime | None, Query()] = None
) -> dict[str, Any]:
    """Whether a place is open `at` a time (default now; without an offset: Asia/Shanghai)."""
    desk = request.app.state.desk
    edition = desk.editions.current()
    place = edition.places.get(place_id)
    if place is None:
        raise RequestRefused("not_found", 404)
    moment = at or desk.settings.now()
    if not 2000 <= moment.year <= 2100:
        raise RequestRefused("invalid_request", 422)
    moment = moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment.astimezone(SHANGHAI)
    found = opening(place, edition.calendar, moment)
    times = {
        name: value and value.isoformat() for name, value in (("until", found.until), ("opens_next", found.opens_next))
    }
    confirmed = found.confirmed_on and found.confirmed_on.isoformat()
    return {"state": found.state, "why": found.why, "confirmed_on": confirmed, **times}
