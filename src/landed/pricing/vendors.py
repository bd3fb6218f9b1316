"""Who is paid for a call, and the names under which vendors are known."""

from __future__ import annotations

UNKNOWN = "unknown"

_SELLERS_BY_AGENT = {"copilot": "github", "cursor": "cursor"}
"""Agents whose maker sells the models too, by the beginning of their name."""

_SYNONYMS = {
    "amazon": "aws",
    "amazon web services": "aws",
    "amazon-bedrock": "aws",
    "anthropic pbc": "anthropic",
    "anysphere": "cursor",
    "anysphere inc": "cursor",
    "bedrock": "aws",
    "chatgpt": "openai",
    "claude": "anthropic",
    "claude code": "anthropic",
    "codex": "openai",
    "copilot": "github",
    "gcp": "google",
    "gemini": "google",
    "github copilot": "github",
    "github-copilot": "github",
    "google cloud": "google",
    "google cloud platform": "google",
    "microsoft": "azure",
    "microsoft azure": "azure",
    "openai llc": "openai",
    "vertex": "google",
    "xai": "x-ai",
}


def vendor_name(text: str) -> str:
    """The one name of a vendor, such as anthropic for Claude or github for GitHub Copilot."""
    plain = " ".join(text.lower().replace(",", " ").replace(".", " ").split())
    return _SYNONYMS.get(plain, plain) or UNKNOWN


def seller_of(agent: str) -> str | None:
    """The vendor who is paid for all that this agent does; None: whoever serves the model."""
    for beginning, seller in _SELLERS_BY_AGENT.items():
        if agent.startswith((beginning, f"github-{beginning}")):
            return seller
    return None
