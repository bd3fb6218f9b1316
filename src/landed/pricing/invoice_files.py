"""Invoices and seats from CSV files: plain ones, vendors' exports, FOCUS.

A file with a column for the holder is one of seats, any other one of invoice lines. Columns are
known by many names, in any order; a row that cannot be understood is left out, counted, and told
with its line number.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from landed.config import Settings
from landed.errors import UsageError
from landed.pricing.paid import canonical, in_microdollars
from landed.pricing.vendors import UNKNOWN, vendor_name

_INVOICE_COLUMNS = {
    "vendor": ("vendor", "provider", "providername", "serviceprovidername", "publishername"),
    "month": ("month", "billingmonth", "billingperiod", "period", "billingperiodstart", "date"),
    "amount": ("amount", "cost", "billedcost", "amountusd", "costusd", "netamount", "total"),
    "kind": ("kind", "type", "chargecategory", "category"),
    "description": ("description", "chargedescription", "item", "product", "servicename"),
    "invoice": ("invoice", "invoiceid", "invoicenumber"),
    "currency": ("currency", "billingcurrency"),
}
_SEAT_COLUMNS = {
    "vendor": _INVOICE_COLUMNS["vendor"],
    "holder": ("holder", "user", "email", "useremail", "member", "assignee", "login"),
    "plan": ("plan", "planname", "seattype", "license"),
    "monthly": ("monthly", "monthlyprice", "price", "monthlycost", "amount"),
    "since": ("since", "start", "startdate", "assignedon", "createdat", "from"),
    "until": ("until", "end", "enddate", "revokedon", "to"),
    "currency": _INVOICE_COLUMNS["currency"],
}
_KINDS = {
    "usage": "usage",
    "credits": "credits",
    "credit": "discount",
    "subscription": "subscription",
    "seat": "subscription",
    "seats": "subscription",
    "purchase": "subscription",
    "overage": "overage",
    "discount": "discount",
    "refund": "discount",
    "adjustment": "discount",
    "tax": "tax",
    "vat": "tax",
}
_MONTH = re.compile(r"(\d{4})-?(0[1-9]|1[0-2])(?:$|[-T/ ].*|\d{2}$)")
_NUMBER = re.compile(r"\d+(\.\d+)?|\d{1,3}(,\d{3})+(\.\d+)?|\.\d+")
_MOST_DOLLARS = 1_000_000_000

Row = dict[str, Any]


@dataclass
class PaidFile:
    """What a file holds: rows of the table `table`, and the rows left out, by line number."""

    table: str
    rows: list[Row] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)


class _BadRow(ValueError):
    """A row that cannot be understood; the message says why."""


def read_paid_file(path: Path, settings: Settings, vendor: str | None = None) -> PaidFile:
    """Read a CSV file of invoice lines or seats; `vendor` holds where a row names none.

    Raises:
        UsageError: the file cannot be read, or lacks a column that is needed.
    """
    lines = _lines(path)
    header = next(lines, None)
    if header is None:
        raise UsageError(f"{path} is empty: a CSV file begins with the names of its columns")
    names = ["".join(letter for letter in name.lower() if letter.isalnum()) for name in header[1]]
    seats = any(name in _SEAT_COLUMNS["holder"] for name in names)
    columns = _columns(_SEAT_COLUMNS if seats else _INVOICE_COLUMNS, names)
    needed = ("holder", "monthly", "since") if seats else ("month", "amount")
    missing = [name for name in needed if name not in columns]
    if vendor is None and "vendor" not in columns:
        missing.append("vendor (or give --vendor)")
    if missing:
        raise UsageError(f"{path} has no column for {', '.join(missing)}")
    if seats:
        return _read(lines, columns, "seat", lambda row: _seat(row, settings, path.name, vendor))
    numbers: Counter[tuple[str, str]] = Counter()
    return _read(
        lines, columns, "invoice_line", lambda row: _invoice_line(row, path.name, vendor, numbers)
    )


def _read(
    lines: Iterator[tuple[int, list[str]]],
    columns: Mapping[str, int],
    table: str,
    understand: Callable[[Mapping[str, str]], Row],
) -> PaidFile:
    found = PaidFile(table)
    keys = ("vendor", "holder", "since") if table == "seat" else ("vendor", "invoice", "item")
    known: set[tuple[Any, ...]] = set()
    for number, cells in lines:
        told = {name: cells[place].strip() for name, place in columns.items() if place < len(cells)}
        try:
            row = understand(told)
            key = tuple(row[name] for name in keys)
            if key in known:
                raise _BadRow("the same seat stands on an earlier line")
        except _BadRow as fault:
            found.faults.append((number, str(fault)))
        else:
            known.add(key)
            found.rows.append(row)
    return found


def _invoice_line(
    row: Mapping[str, str], file: str, vendor: str | None, numbers: Counter[tuple[str, str]]
) -> Row:
    amount = _dollars(row, "amount")
    paid_to = _vendor(row, vendor)
    kind = row.get("kind", "").lower()
    if kind and kind not in _KINDS:
        raise _BadRow(f"{kind} is no kind: write {', '.join(sorted(set(_KINDS.values())))}")
    month = _MONTH.match(row.get("month", ""))
    if month is None:
        raise _BadRow(f"{row.get('month') or 'nothing'} is no month: write it as 2026-11")
    invoice = row.get("invoice") or file
    numbers[paid_to, invoice] += 1
    return {
        "vendor": paid_to,
        "invoice": invoice,
        "item": numbers[paid_to, invoice],
        "month": f"{month[1]}-{month[2]}",
        "kind": _KINDS[kind] if kind else ("usage" if amount >= 0 else "discount"),
        "description": row.get("description", ""),
        "microdollars": in_microdollars(amount),
        "source": file,
    }


def _seat(row: Mapping[str, str], settings: Settings, file: str, vendor: str | None) -> Row:
    monthly = _dollars(row, "monthly")
    if monthly < 0:
        raise _BadRow("a seat costs nothing less than 0")
    if not row.get("holder"):
        raise _BadRow("no holder")
    since = _day(row.get("since", ""))
    until = _day(row["until"]) if row.get("until") else None
    if until is not None and until < since:
        raise _BadRow(f"until {until} is before since {since}")
    return {
        "vendor": _vendor(row, vendor),
        "holder": canonical(settings, row["holder"]),
        "plan": row.get("plan", ""),
        "monthly_microdollars": in_microdollars(monthly),
        "since": since,
        "until": until,
        "source": file,
    }


def _dollars(row: Mapping[str, str], name: str) -> Decimal:
    if row.get("currency", "").upper() not in ("", "USD", "$"):
        raise _BadRow(f"{row['currency']} is another currency: only dollars are understood")
    text = row.get(name, "").removesuffix("USD").replace("−", "-").strip()
    negative = text.startswith(("-", "(", "$-"))
    plain = text.strip("()$-+ ")
    if not _NUMBER.fullmatch(plain):
        raise _BadRow(f"{text or 'nothing'} is no amount of dollars")
    amount = Decimal(plain.replace(",", ""))
    if amount > _MOST_DOLLARS:
        raise _BadRow(f"{text} is more than anybody pays")
    return -amount if negative else amount


def _vendor(row: Mapping[str, str], given: str | None) -> str:
    name = vendor_name(row.get("vendor") or given or "")
    if name == UNKNOWN:
        raise _BadRow("no vendor")
    return name


def _day(text: str) -> date:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise _BadRow(f"{text or 'nothing'} is no date: write it as 2026-11-30") from None


def _columns(known: Mapping[str, Sequence[str]], names: Sequence[str]) -> dict[str, int]:
    """The place of each column; where a file has several, the name that comes first here."""
    places = {name: place for place, name in reversed(list(enumerate(names)))}
    found = {
        column: next((places[name] for name in synonyms if name in places), None)
        for column, synonyms in known.items()
    }
    return {column: place for column, place in found.items() if place is not None}


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, each with the number of the line that it begins on."""
    try:
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise UsageError(f"{path} line {reader.line_num}: {error}") from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield before + 1, cells
        before = reader.line_num
