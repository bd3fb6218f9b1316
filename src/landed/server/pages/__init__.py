"""The pages of the dashboard: one module a page, each with its `router`."""

from __future__ import annotations

import importlib
import pkgutil

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
"""Every page of this package, and what pages ask for: style, scripts and pictures."""

for _module in pkgutil.iter_modules(__path__):
    _part = importlib.import_module(f"{__name__}.{_module.name}")
    if isinstance(own := getattr(_part, "router", None), APIRouter):
        router.include_router(own)
