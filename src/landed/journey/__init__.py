"""What became of every generated line, and of every dollar: the conserved buckets.

`read_journey` answers from the store as things stood at a time; nothing of it is stored.
"""

from landed.journey.balance import Balance, DollarBalance, LineBalance, Sum, read_balance
from landed.journey.deployed import DEPLOYMENT_SCHEMA, Deployments, read_deployments
from landed.journey.model import (
    BUCKETS,
    JOURNEY_LINE_SCHEMA,
    JOURNEY_TURN_SCHEMA,
    SUPERSEDED,
    Journey,
    Missing,
)
from landed.journey.reading import read_journey
from landed.journey.tips import note_branches
from landed.journey.unlinked import UnlinkedLines, read_unlinked

__all__ = [
    "BUCKETS",
    "DEPLOYMENT_SCHEMA",
    "JOURNEY_LINE_SCHEMA",
    "JOURNEY_TURN_SCHEMA",
    "SUPERSEDED",
    "Balance",
    "Deployments",
    "DollarBalance",
    "Journey",
    "LineBalance",
    "Missing",
    "Sum",
    "UnlinkedLines",
    "note_branches",
    "read_balance",
    "read_deployments",
    "read_journey",
    "read_unlinked",
]
