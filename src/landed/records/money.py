"""What was paid, for what, and how it is spread over the calls of models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

import pyarrow as pa

from landed.records.schema import table
from landed.records.sessions import Partition

Vendor = Annotated[str, pa.string(), "who is paid, such as anthropic, openai, github, cursor"]
MicroDollars = Annotated[int, pa.int64(), "micro-dollars"]
Month = Annotated[str, pa.string(), "calendar month, such as 2026-11"]


@table(name="call_price", key=("repository", "call"))
@dataclass(frozen=True)
class CallPrice:
    """What a call costs at list price, and its share of what was paid."""

    repository: Partition
    call: Annotated[str, pa.string(), "the call, as in model_call"]
    vendor: Vendor
    list_microdollars: Annotated[
        int | None, pa.int64(), "list price of that day; null = unpriced, never 0"
    ]
    basis: Annotated[
        str, pa.string(), "genai-prices, table (the user's own), or why there is no price"
    ]
    cash_microdollars: Annotated[int, pa.int64(), "its share of seats and invoices"]


@table(name="seat", key=("repository", "vendor", "holder", "since"))
@dataclass(frozen=True)
class Seat:
    """A subscription that one person holds."""

    repository: Partition
    vendor: Vendor
    holder: Annotated[str, pa.string(), "the holder's canonical e-mail address"]
    plan: Annotated[str, pa.string(), "name of the plan; empty where untold"]
    monthly_microdollars: MicroDollars
    since: Annotated[date, pa.date32(), "first day"]
    until: Annotated[date | None, pa.date32(), "last day; null = still held"]
    source: Annotated[str, pa.string(), "landed.toml or the name of the imported file"]


@table(name="invoice_line", key=("repository", "vendor", "invoice", "item"))
@dataclass(frozen=True)
class InvoiceLine:
    """One line of an invoice, or a credit or discount against one."""

    repository: Partition
    vendor: Vendor
    invoice: Annotated[str, pa.string(), "number or name of the invoice"]
    item: Annotated[int, pa.int32(), "position on the invoice, from 1"]
    month: Month
    kind: Annotated[str, pa.string(), "usage, credits, subscription, overage, discount or tax"]
    description: Annotated[str, pa.string(), "as on the invoice"]
    microdollars: Annotated[int, pa.int64(), "micro-dollars; discounts and refunds below zero"]
    source: Annotated[str, pa.string(), "landed.toml or the name of the imported file"]


@table(name="cash_allocation", key=("repository", "vendor", "month", "rule", "subject"))
@dataclass(frozen=True)
class CashAllocation:
    """What was paid to a vendor for a month, and how much of it captured usage bears."""

    repository: Partition
    vendor: Vendor
    month: Month
    rule: Annotated[str, pa.string(), "seat (to its holder's calls) or share (of list price)"]
    subject: Annotated[str, pa.string(), "the holder of the seat, or the kind of invoice line"]
    paid_microdollars: MicroDollars
    allocated_microdollars: MicroDollars
    unallocated_microdollars: MicroDollars
