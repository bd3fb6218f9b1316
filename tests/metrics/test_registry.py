"""Every formula says what it is, and what it reads."""

from __future__ import annotations

import re

import pytest

from landed.errors import UsageError
from landed.metrics import metric, metrics
from landed.metrics.registry import statements
from landed.metrics.workbench import RELATIONS


def test_every_metric_tells_its_name_unit_and_definition() -> None:
    for name, found in metrics().items():
        assert found.file == f"landed/metrics/{name}.sql"
        assert found.title and found.unit
        assert len(found.definition) > 60


def test_every_input_that_is_named_is_read_and_every_one_read_is_named() -> None:
    shared = [*statements("relations").values(), *statements("session_relations").values()]
    for found in [*metrics().values(), *shared]:
        body = re.sub(r"--.*", "", found.sql)
        read = set(re.findall(r"\b(?:from|join)\s+\"?(\w+)\"?", body))
        local = set(re.findall(r"(\w+) as \(", body))
        assert read - local == set(found.inputs), found.name


def test_every_relation_is_built() -> None:
    assert set(RELATIONS) == set(statements("relations"))


def test_an_unknown_metric_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"unknown metric yields; known are .*survival"):
        metric("yields")
