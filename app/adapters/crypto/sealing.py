"""Sealing by AES-256-GCM under keys derived from the configured ones, one per purpose (RFC 5869)."""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.ports.sealing import SealBroken

NONCE_BYTES = 12
KEY_ID_BYTES = 4
MAX_SEALED_CHARACTERS = 12 * 1024 * 1024
"""The largest upload (8 MB, web/server/limits.py) that does not compress. What strangers send is far shorter."""


class KeyringSealer:
    """`keys`: 32 bytes each, newest first. A sealed text names its key, so opening tries only that one."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._newest = _key_id(keys[0])
        self._keys = {_key_id(key): key for key in keys}
        self._derived = lru_cache(maxsize=256)(self._derive)

    def seal(self, plain: bytes, *, purpose: str) -> str:
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self._derived(self._newest, purpose)).encrypt(nonce, plain, purpose.encode())
        return _text(self._newest + nonce + sealed)

    def open(self, sealed: str, *, purpose: str) -> bytes:
        if not sealed or len(sealed) > MAX_SEALED_CHARACTERS:
            raise SealBroken
        try:
            raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        except (binascii.Error, ValueError) as error:
            raise SealBroken from error
        if _text(raw) != sealed:  # base64 has several spellings; accept only ours
            raise SealBroken
        key_id, nonce = raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES : KEY_ID_BYTES + NONCE_BYTES]
        if key_id not in self._keys or len(nonce) != NONCE_BYTES:
            raise SealBroken
        try:
            cipher = AESGCM(self._derived(key_id, purpose))
            return cipher.decrypt(nonce, raw[KEY_ID_BYTES + NONCE_BYTES :], purpose.encode())
        except InvalidTag as error:
            raise SealBroken from error

    def sign(self, message: str, *, purpose: str) -> str:
        return self._mac(self._newest, message, purpose)

    def signed(self, message: str, mac: str, *, purpose: str) -> bool:
        given = mac.encode("utf-8", "replace")
        return any(hmac.compare_digest(self._mac(key_id, message, purpose).encode(), given) for key_id in self._keys)

    def _mac(self, key_id: bytes, message: str, purpose: str) -> str:
        key = self._derived(key_id, f"mac:{purpose}")
        return _text(hmac.digest(key, message.encode("utf-8", "surrogatepass"), "sha256"))

    def _derive(self, key_id: bytes, purpose: str) -> bytes:
        info = b"sso-bridge/" + purpose.encode()
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self._keys[key_id])


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"sso-bridge/key-id" + key).digest()[:KEY_ID_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
