"""What calls cost: list prices, and the shares of what was paid."""

from landed.pricing.update import PricingSummary, price_calls

__all__ = ["PricingSummary", "price_calls"]
