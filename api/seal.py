"""The sealed store: what a resident leaves on purpose (a number to call back, where they are in danger)."""

from __future__ import annotations

import json
from typing import Any

from cryptography.fernet import Fernet


class Seal:
    """Encrypts with the key of the settings (Fernet: AES-128-CBC with HMAC-SHA256)."""

    def __init__(self, key: str) -> None:
        self._fernet = Fernet(key)

    def close(self, content: dict[str, Any]) -> bytes:
        return self._fernet.encrypt(json.dumps(content, ensure_ascii=False).encode())

    def open(self, sealed: bytes) -> dict[str, Any]:
        """Raises cryptography's InvalidToken for another key."""
        content: dict[str, Any] = json.loads(self._fernet.decrypt(sealed))
        return content
