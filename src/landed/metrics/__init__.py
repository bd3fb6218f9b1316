"""Metrics: one portable SQL file each, a registry that reads their headers, and what runs them.

A metric never reads the store itself. `read_facts` asks the store for small tables of facts
(`facts/*.sql`, the only part whose work grows with the number of lines); `Workbench` holds them
in an engine of its own, derives the relations that metrics share (`relations/*.sql`) and runs the
metrics (`*.sql`).
"""

from landed.metrics.bench import Answers
from landed.metrics.delivery_facts import (
    DeliveryBench,
    DeliveryFacts,
    read_delivery_facts,
    tells_of_delivery,
)
from landed.metrics.facts import Facts, Queries, read_facts
from landed.metrics.registry import Metric, Statement, metric, metrics
from landed.metrics.releases import ChosenReleases, ReleaseStep, choose_releases
from landed.metrics.session_facts import SessionBench, SessionFacts, read_session_facts
from landed.metrics.window import RepositoryWindow, Window
from landed.metrics.workbench import Workbench

__all__ = [
    "Answers",
    "ChosenReleases",
    "DeliveryBench",
    "DeliveryFacts",
    "Facts",
    "Metric",
    "Queries",
    "ReleaseStep",
    "RepositoryWindow",
    "SessionBench",
    "SessionFacts",
    "Statement",
    "Window",
    "Workbench",
    "choose_releases",
    "metric",
    "metrics",
    "read_delivery_facts",
    "read_facts",
    "read_session_facts",
    "tells_of_delivery",
]
