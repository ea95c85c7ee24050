"""The key of the workspace: seals secrets that lie in the ops store, and signs the audit log.

The key comes from ``FINEGRAIN_SECRET_KEY``, else from the file ``secret.key`` in the workspace, which only its owner may read and
which is made when it is first needed. Sealing is AES-256-GCM (NIST SP 800-38D) under a key derived by HKDF-SHA256 (RFC 5869),
with the secret's name as associated data, so that one secret cannot be put in another's place.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from functools import cached_property
from typing import TYPE_CHECKING

from finegrain.access.errors import BadSecretKeyError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE = "FINEGRAIN_SECRET_KEY"
FILE_NAME = "secret.key"
LEAST_CHARACTERS = 32
_NONCE_BYTES = 12
_KEY_BYTES = 32


class SecretBox:
    """Seals and opens secrets, and signs, with keys derived from the workspace's key.

    Args:
        folder: the workspace folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    def seal(self, name: str, secret: str) -> bytes:
        """Encrypt ``secret`` under ``name``; the same text gives another result each time.

        Raises:
            BadSecretKeyError: the key is too short, or its file may be read by others.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self._derive(b"seal")).encrypt(nonce, secret.encode(), name.encode())

    def open(self, name: str, sealed: bytes) -> str:
        """Decrypt what ``seal`` gave for ``name``.

        Raises:
            BadSecretKeyError: it was sealed with another key or under another name, or was changed.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            opened = AESGCM(self._derive(b"seal")).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name.encode())
        except InvalidTag as error:
            raise BadSecretKeyError(place=self._place, reason=Phrase("it does not open what lies in the store")) from error
        return opened.decode()

    def sign(self, message: bytes) -> str:
        """Give the HMAC-SHA256 (RFC 2104) of ``message``, in hex."""
        return hmac.new(self._derive(b"sign"), message, hashlib.sha256).hexdigest()

    @property
    def _place(self) -> str:
        return VARIABLE if VARIABLE in os.environ else str(self._path)

    @cached_property
    def _key(self) -> bytes:
        given = os.environ.get(VARIABLE)
        key = given.encode() if given is not None else self._read_file()
        if len(key) < LEAST_CHARACTERS:
            reason = Phrase("it has fewer than {least} characters", least=LEAST_CHARACTERS)
            raise BadSecretKeyError(place=self._place, reason=reason)
        return key

    def _read_file(self) -> bytes:
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            if self._path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise BadSecretKeyError(place=self._path, reason=Phrase("others may read the file; take chmod 600")) from None
            return self._path.read_bytes().strip()
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(_KEY_BYTES))
        return self._path.read_bytes().strip()

    def _derive(self, purpose: bytes) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"finegrain " + purpose).derive(self._key)
