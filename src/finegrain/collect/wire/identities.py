"""神策's ids of a person: which of them is the login, which the device, and how others are written as distinct ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from finegrain.collect.wire.ids import readable_id

if TYPE_CHECKING:
    from collections.abc import Mapping

LOGIN_KEY = "$identity_login_id"
_DEVICE_KEYS = ("$identity_anonymous_id", "$identity_cookie_id")


class BoundIds(NamedTuple):
    """The ids of one record as distinct ids; ``person`` is the most identified, ``others`` are all of ``identities``."""

    person: str
    login: str | None
    anonymous: str | None
    others: tuple[str, ...]


def bound_ids(
    *, distinct: str | None, login: str | None, anonymous: str | None, is_login: bool, identities: Mapping[str, object]
) -> BoundIds | None:
    """Sort out the ids of a record, each already readable or None.

    The login is the identity ``$identity_login_id``, else ``login_id``, else the distinct id where the record marks it so
    (``$is_login_id``). A login and the ids of devices are distinct ids as they are; any other identity is one as
    ``"<key>+<value>"``, as the SDKs write it, unless the record uses its bare value as an id.

    Returns:
        None where the record names nobody.

    Raises:
        Refused: an identity is too long.
    """
    login = readable_id(identities.get(LOGIN_KEY)) or login or (distinct if is_login else None)
    bare = {distinct, anonymous, login}
    others = []
    for key, value in identities.items():
        text = readable_id(value)
        if text is not None:
            plain = key == LOGIN_KEY or key in _DEVICE_KEYS or text in bare
            others.append(text if plain else readable_id(f"{key}+{text}") or text)
    if anonymous is None:
        anonymous = next((found for key in _DEVICE_KEYS if (found := readable_id(identities.get(key)))), None)
    person = login or distinct or next(iter(others), None) or anonymous
    return None if person is None else BoundIds(person, login, anonymous, tuple(dict.fromkeys(others)))
