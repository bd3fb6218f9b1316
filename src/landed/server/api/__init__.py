"""The API under /api/v1: what the pages show, for programs, and the runs of the scheduler."""

from __future__ import annotations

from fastapi import APIRouter

from landed.server.api import changes, metrics, pages, report, repositories, runs
from landed.server.api.document import describing

PREFIX = "/api/v1"
_PARTS = (pages, changes, repositories, metrics, report, runs)

described = APIRouter(prefix=PREFIX)
for part in _PARTS:
    described.include_router(part.router)

router = APIRouter()
router.include_router(described)
router.include_router(describing(described.routes), prefix=PREFIX)
