"""What the page of the audit log shows: which entries, and each as a row with what changed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from finegrain.console.pages.data.addresses import with_query
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finegrain.access.contract import AuditEntry
    from finegrain.zones import Zone

AUDIT = "/settings/audit"

ACTIONS: dict[str, str] = {
    "consent.say": N_("Kept what a person agreed to or refused"),
    "dashboard.add": N_("Put a question on a dashboard"),
    "dashboard.arrange": N_("Arranged a dashboard"),
    "dashboard.change": N_("Changed a dashboard"),
    "dashboard.delete": N_("Deleted a dashboard"),
    "dashboard.make": N_("Made a dashboard"),
    "dashboard.remove": N_("Took a question off a dashboard"),
    "goal.add": N_("Set a goal"),
    "goal.change": N_("Changed a goal"),
    "goal.delete": N_("Deleted a goal"),
    "import.finished": N_("Imported a file"),
    "import.replayed": N_("Replayed refused rows"),
    "link.login": N_("Made a one-time link"),
    "link.setup": N_("Made the link for the first administrator"),
    "login.company": N_("Logged in by the company's login"),
    "login.failed": N_("Failed to log in"),
    "login.link": N_("Logged in by a one-time link"),
    "login.password": N_("Logged in"),
    "mapping.delete": N_("Deleted a mapping"),
    "mapping.save": N_("Saved a mapping"),
    "people.relink": N_("Took up a link between ids again"),
    "people.unmerge": N_("Dropped a link between ids"),
    "plan.declare": N_("Declared an event"),
    "plan.import": N_("Took over a tracking plan"),
    "plan.remove": N_("Took an event out of the plan"),
    "plan.undeclared": N_("Changed what happens to undeclared events"),
    "refused.discard": N_("Discarded refused items"),
    "refused.replay": N_("Replayed refused items"),
    "secret.put": N_("Stored a secret"),
    "secret.remove": N_("Removed a secret"),
    "segment.delete": N_("Deleted a segment"),
    "segment.save": N_("Saved a segment"),
    "segment.send": N_("Sent a segment"),
    "tier_scheme.delete": N_("Deleted a tier scheme"),
    "tier_scheme.save": N_("Saved a tier scheme"),
    "source.add": N_("Made a source"),
    "source.disable": N_("Disabled a source"),
    "source.enable": N_("Enabled a source"),
    "source.origins": N_("Changed the sites of a source"),
    "source.rotate": N_("Gave a source a new key"),
    "tiers.reset": N_("Reset tiers to the defaults"),
    "tiers.save": N_("Saved tiers"),
    "token.add": N_("Made a token"),
    "token.revoke": N_("Revoked a token"),
    "user.add": N_("Made a user"),
    "user.bind": N_("Bound a user to the company's login"),
    "user.disable": N_("Disabled a user"),
    "user.drop_second_factor": N_("Dropped a second factor"),
    "user.enable": N_("Enabled a user"),
    "user.first": N_("Became the first administrator"),
    "user.forget_password": N_("Had a password forgotten"),
    "user.password": N_("Changed a password"),
    "user.remove": N_("Removed a user"),
    "user.role": N_("Changed a role"),
    "user.second_factor": N_("Set up a second factor"),
}
"""What is known of actions, in words; others are shown by their key."""

KINDS: dict[str, str] = {
    "owner": N_("at the command line"),
    "system": N_("by itself"),
    "token": N_("by a token"),
    "user": "",
    "nobody": N_("not logged in"),
}


@dataclass(frozen=True)
class AuditAddress:
    """Which entries are shown; an empty part leaves nothing out.

    Attributes:
        text: stands in subject, before or after.
        action: the beginning of its key.
        actor: the whole name.
        first, last: civil days in the workspace's zone, as ISO dates, both inclusive.
    """

    text: str = ""
    action: str = ""
    actor: str = ""
    first: str = ""
    last: str = ""

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> Self:
        """Read the query of a URL; days that are none are left out."""
        first, last = (value if _day(value) else "" for value in (query.get("first", ""), query.get("last", "")))
        return cls(query.get("q", ""), query.get("action", ""), query.get("actor", ""), first, last)

    def but(self, **changes: Any) -> Self:
        """Give the same with some parts changed."""
        return replace(self, **changes)

    def url(self, path: str = AUDIT) -> str:
        """Give the address of the page, or of a file of the same entries."""
        return with_query(path, q=self.text, action=self.action, actor=self.actor, first=self.first, last=self.last)

    def filters(self, zone: Zone) -> dict[str, Any]:
        """Give it as the audit log takes it."""
        first, last = _day(self.first), _day(self.last)
        return {
            "text": self.text,
            "action": self.action,
            "actor": self.actor,
            "first": zone.day_start(first) if first else None,
            "last": zone.day_start(last + timedelta(days=1)) if last else None,
        }


def audit_row(entry: AuditEntry, zone: Zone) -> dict[str, Any]:
    """Give the row of an entry, all texts written out, to be shown as they are."""
    known = ACTIONS.get(entry.action)
    kind = KINDS.get(entry.actor_kind, "")
    return {
        "key": entry.seq,
        "at": f"{entry.at.astimezone(zone.info):%Y-%m-%d %H:%M:%S}",
        "actor": entry.actor_name,
        "kind": _(kind) if kind else "",
        "address": entry.address,
        "action": _(known) if known else entry.action,
        "code": entry.action,
        "subject": entry.subject,
        "changes": changes(entry),
    }


def changes(entry: AuditEntry) -> list[dict[str, str]]:
    """Give what an entry changed, a line each: the name, and the value before and after; empty where there was or is none.

    What is the same before and after is left out, unless nothing else is there.
    """
    before, after = entry.before or {}, entry.after or {}
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)] or list({**before, **after})
    return [{"name": name, "before": _text(before, name), "after": _text(after, name)} for name in names]


def _text(values: Mapping[str, Any], name: str) -> str:
    if name not in values:
        return ""
    value = values[name]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
