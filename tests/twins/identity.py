"""A slow twin of identity: whose an id is at a moment, found by playing all links from the beginning, for each question anew."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from finegrain.people.identity import LinkFacts

Owner = frozenset[str] | tuple[str, int]
"""All logins of a person, or the cluster of a device and the unbinding after which it was nobody's."""


class Twin:
    """Answers all questions about the same links.

    Args:
        own: the number that each id was given at first sight.
        links: those in force.
    """

    def __init__(self, own: Mapping[str, int], links: Sequence[LinkFacts]) -> None:
        self._own, self._links = own, links
        self._numbers: dict[Owner, int] = {}

    def person(self, key: str, at_us: int) -> int:
        """Give the number of the person whose ``key`` is at a moment."""
        owner = owner_at(key, at_us, self._links)
        if owner not in self._numbers:
            self._numbers[owner] = number_of(owner, self._own, self._links)
        return self._numbers[owner]


def login_ids(links: Iterable[LinkFacts]) -> set[str]:
    """Give the ids that any link marks as a login."""
    marked = [(link.from_id, link.from_login) for link in links] + [(link.to_id, link.to_login) for link in links]
    return {key for key, login in marked if login}


def cluster_of(key: str, links: Sequence[LinkFacts]) -> frozenset[str]:
    """Give the ids that are one with ``key`` for good, by going from id to id until nothing is added."""
    logins, cluster = login_ids(links), {key}
    while True:
        more = {end for link in links for end in _ends(link) if _holds(link, links, logins) and cluster & _ends(link)}
        if more <= cluster:
            return frozenset(cluster)
        cluster |= more


def owner_at(key: str, at_us: int, links: Sequence[LinkFacts]) -> Owner:
    """Give whose ``key`` is at a moment."""
    if key in login_ids(links):
        return cluster_of(key, links)
    cluster = cluster_of(key, links)
    lives = _lives(cluster, links)
    life = max(life for life in lives if life[0] <= at_us)
    claims = [claim for claim in lives[life] if claim[0] <= at_us] or lives[life][:1]
    return cluster_of(claims[-1][1], links) if claims else (min(cluster), life[0])


def number_of(owner: Owner, own: Mapping[str, int], links: Sequence[LinkFacts]) -> int:
    """Give the number of a person: the least own number of its logins, and of the lives that it was the first to own."""
    logins = login_ids(links)
    numbers = [own[key] for key in owner if isinstance(key, str) and key in logins] if isinstance(owner, frozenset) else []
    for key in own.keys() - logins:
        cluster = cluster_of(key, links)
        for (since, number), claims in _lives(cluster, links).items():
            first: Owner = cluster_of(claims[0][1], links) if claims else (min(cluster), since)
            if first == owner:
                numbers += [number] if number else [own[one] for one in cluster]
    return min(numbers)


def fold_traits(said: Iterable[tuple[int, int, str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Give the traits after (moment, place, action, values) in order of time, one rule after the other."""
    traits: dict[str, Any] = {}
    for _, _, action, values in sorted(said, key=lambda one: one[:2]):
        if action == "delete":
            traits = {}
        for name, value in values.items():
            before = traits.get(name)
            if action == "set" or (action == "set_once" and name not in traits):
                traits[name] = value
            elif action == "unset" and name in traits:
                del traits[name]
            elif action == "increment" and type(before) in {int, float, type(None)}:
                traits[name] = (before or 0) + value
            elif action == "append" and type(before) in {list, type(None)}:
                traits[name] = (before or []) + value
    return traits


def _ends(link: LinkFacts) -> set[str]:
    return {link.from_id, link.to_id}


def _holds(link: LinkFacts, links: Iterable[LinkFacts], logins: set[str]) -> bool:
    """Say whether a link makes its ends one: both devices, or both logins and it says so on purpose; and not unbound since."""
    both = len(_ends(link) & logins)
    if link.kind == "unbind" or both == 1 or (both == 2 and link.kind in {"identify", "signup"}):
        return False
    later = [one for one in links if one.kind == "unbind" and max(one.times_us) >= max(link.times_us)]
    return not any(_ends(one) <= _ends(link) for one in later)


def _lives(cluster: frozenset[str], links: Sequence[LinkFacts]) -> dict[tuple[int, int], list[tuple[int, str]]]:
    """Give the lives of a cluster: (begin, own number) → claims in order of time; a new one begins when its owner is unbound."""
    logins = login_ids(links)
    told: list[tuple[int, int, str, int]] = []
    for link in links:
        device, among = _ends(link) & cluster, _ends(link) & logins
        if device and not among and link.kind == "unbind" and link.from_id == link.to_id:
            told += [(at, 0, "", link.number) for at in link.times_us]
        if device and among:
            (who,) = among
            told += [(at, int(link.kind != "unbind"), who, link.number) for at in link.times_us]
    life = (-(2**63), 0)
    lives: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list, {life: []})
    for at, claims, login, number in sorted(told):
        held = lives[life]
        if claims:
            # A life that begins and is claimed at one moment has no time for more than one first owner.
            if at == life[0]:
                held.clear()
            held.append((at, login))
        elif held and (not login or cluster_of(login, links) == cluster_of(held[-1][1], links)):
            life = (at, number)
            lives[life] = []
    return lives
