"""All of access in one place: users, logins, sessions, tokens, secrets and the audit log of one workspace."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from finegrain.access.audit import AuditLog
from finegrain.access.company import SECRET, CompanyLogin
from finegrain.access.drafts.service import DraftService
from finegrain.access.login import LoginService
from finegrain.access.notes import UseNotes
from finegrain.access.recording import AUDIT
from finegrain.access.sealing import SecretBox
from finegrain.access.sessions import SessionService
from finegrain.access.tokens import TokenService
from finegrain.access.users import UserService
from finegrain.access.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

    from finegrain.clock import Clock
    from finegrain.settings import Settings
    from finegrain.store.ops import OpsStore


class Access:
    """Who may see and do what in one workspace, and the record of every change.

    Args:
        home: the workspace folder, where the key for secrets lies unless the environment gives it.
        ops: the ops store.
        settings: how long sessions live.
        clock: where the time comes from.

    Attributes:
        users, login, sessions, tokens, vault, audit, drafts: the services.
    """

    def __init__(self, home: Path, ops: OpsStore, settings: Settings, clock: Clock) -> None:
        box = SecretBox(home)
        self.audit = AuditLog(ops, box, clock)
        ops.session_info[AUDIT] = self.audit
        self._notes = UseNotes(ops)
        self.sessions = SessionService(ops, self._notes, settings, clock)
        self.users = UserService(ops, self.sessions, self.audit, clock)
        self.login = LoginService(ops, self.sessions, box, self.audit, clock)
        self.tokens = TokenService(ops, self._notes, self.audit, clock)
        self.vault = Vault(ops, box, self.audit, clock)
        self.drafts = DraftService(ops, clock)
        self._settings = settings
        self._clock = clock

    def close(self) -> None:
        """Write what waits to be written; closing twice does no harm."""
        self._notes.close()

    def company(self) -> CompanyLogin | None:
        """Give the company's own login; None where none is set.

        Its client secret is that of the environment variable ``FINEGRAIN_OIDC_CLIENT_SECRET``, else the one in the vault.

        Raises:
            BadSecretKeyError: the secret in the vault was sealed with another key.
        """
        if not self._settings.oidc_issuer:
            return None
        secret = os.environ.get("FINEGRAIN_OIDC_CLIENT_SECRET") or self.vault.get(SECRET) or ""
        return CompanyLogin(self._settings, secret, self._clock)
