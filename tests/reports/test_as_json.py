"""The JSON form and the schema that ships with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from jsonschema import Draft202012Validator
from tests.metrics.ledgers import Ledger
from tests.reports.shops import report_on, shop

from landed.reports.as_json import json_text, schema_of_model, shipped_schema


def content_of(ledger: Ledger, workspace: Path) -> dict[str, Any]:
    """The report as a program reads it."""
    content: dict[str, Any] = orjson.loads(json_text(report_on(ledger, workspace)))
    return content


def test_a_report_is_valid_against_the_shipped_schema(tmp_path: Path) -> None:
    Draft202012Validator(shipped_schema()).validate(content_of(shop(), tmp_path))


def test_an_empty_report_is_valid_too(tmp_path: Path) -> None:
    Draft202012Validator(shipped_schema()).validate(content_of(Ledger(days=[0]), tmp_path))


def test_the_shipped_schema_is_that_of_the_records() -> None:
    Draft202012Validator.check_schema(shipped_schema())
    assert shipped_schema() == schema_of_model()


def test_the_version_of_the_schema_stands_first(tmp_path: Path) -> None:
    content = content_of(shop(), tmp_path)
    assert next(iter(content.items())) == ("schema_version", "1.2")


def test_every_part_of_the_schema_is_in_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs" / "report-json.md").read_text("utf-8")
    for part in shipped_schema()["properties"]:
        assert f"`{part}`" in text, part
