"""All addresses to which something is sent."""

from __future__ import annotations

from fastapi import APIRouter

from landed.server.ingest import key, otlp, push, webhooks

router = APIRouter()
router.include_router(otlp.router)
router.include_router(webhooks.router)
router.include_router(push.router)
router.include_router(key.router)
