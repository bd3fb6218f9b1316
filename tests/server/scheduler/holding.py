"""A process that waits for one that dawdles, until it is killed."""

from __future__ import annotations

import sys
from pathlib import Path

from landed.config import Settings
from landed.server.scheduler.orders import Order
from landed.server.scheduler.process import Apart

if __name__ == "__main__":
    told = Path(sys.argv[1])
    order = Order("logs", Settings(workspace=told.parent), str(told))
    Apart(order, program="tests.server.scheduler.dawdling").run(600)
