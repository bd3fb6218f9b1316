"""The API under /api/v1: what the pages show, for programs, and the runs of the scheduler."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
