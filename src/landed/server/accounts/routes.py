"""All pages about accounts."""

from __future__ import annotations

from fastapi import APIRouter

from landed.server.accounts import admin, own, signing

router = APIRouter()
router.include_router(signing.router)
router.include_router(own.router)
router.include_router(admin.router)
