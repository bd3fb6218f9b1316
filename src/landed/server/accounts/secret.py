"""Random secrets that are shown once, and what is kept to know them again."""

from __future__ import annotations

import hashlib
import hmac
import secrets

BYTES = 32


def new_secret(prefix: str = "") -> str:
    """256 random bits as text that goes into cookies and headers, after `prefix`."""
    return prefix + secrets.token_urlsafe(BYTES)


def kept(secret: str) -> bytes:
    """What is kept of a secret: with so many random bits a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def form_proof(secret: str) -> str:
    """What a form carries to prove that it was given to the browser which shows `secret`."""
    return hmac.new(
        secret.encode("utf-8", "surrogatepass"), b"landed form", hashlib.sha256
    ).hexdigest()


def is_form_proof(secret: str, shown: str) -> bool:
    """Whether `shown` is the proof of `secret`; takes as long for any other text."""
    return hmac.compare_digest(form_proof(secret).encode(), shown.encode("utf-8", "replace"))
