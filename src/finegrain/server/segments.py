"""Segments over HTTP: ``/api/v1/segments`` and below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.requests import Request  # noqa: TC002 - FastAPI evaluates the types of routes
from starlette.responses import Response  # noqa: TC002 - likewise

from finegrain.access.masking import mask_part, mask_traits, masking
from finegrain.audience.rules.reading import read_rule
from finegrain.audience.rules.sentences import sentence
from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.reading import read_query
from finegrain.i18n import Phrase
from finegrain.server.queries import asked_page, people_page, shown_person, told

if TYPE_CHECKING:
    from fastapi import FastAPI

    from finegrain.audience.segments.contract import Segment
    from finegrain.workspace import Workspace

PATH = "/api/v1/segments"
SHOWN_UNKNOWN = 20


@dataclass(frozen=True)
class NewSegment:
    """A segment to keep: a rule, or a list of people by their ids; ``replace`` lets a rule take the place of what is there."""

    rule: dict[str, Any] | None = None
    people: tuple[str, ...] | None = None
    description: str = ""
    replace: bool = False


@dataclass(frozen=True)
class RuleToPreview:
    """A rule to preview; ``name`` is the segment whose rule it is to be, with which it is not compared."""

    rule: dict[str, Any]
    name: str = ""


@dataclass(frozen=True)
class IdsToImport:
    """A list to keep by ids; those that nobody has are told, and left out."""

    ids: tuple[str, ...]
    description: str = ""


@dataclass(frozen=True)
class WhereToSend:
    """Where the people of a segment are sent, and which of their traits go along."""

    url: str
    traits: tuple[str, ...] = ()


@dataclass(frozen=True)
class PortraitAsked:
    """Whose portrait is drawn: a segment's or tier's (``scheme/key``) by name, or that of whoever meets a rule."""

    what: str = ""
    rule: dict[str, Any] | None = None


class SegmentApi:
    """Segments as JSON.

    Args:
        workspace: whose they are.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._segments = workspace.segments

    def all(self) -> dict[str, Any]:
        """List all segments by name."""
        return {"segments": [segment_dict(segment) for segment in self._segments.all()]}

    def get(self, name: str) -> dict[str, Any]:
        """Give one segment."""
        return segment_dict(self._segments.get(name))

    def put(self, name: str, values: dict[str, Any]) -> dict[str, Any]:
        """Keep a rule or a list."""
        new = read_query(NewSegment, values)
        if (new.rule is None) == (new.people is None):
            raise BadQueryError(field="rule", value=repr(new.rule), allowed=Phrase("either a rule or people"))
        if new.rule is not None:
            return segment_dict(self._segments.save_rule(name, new.rule, description=new.description, replace=new.replace))
        people = [self._workspace.people.find(one).id for one in new.people or ()]
        return segment_dict(self._segments.save(name, people, description=new.description))

    def import_ids(self, name: str, values: dict[str, Any]) -> dict[str, Any]:
        """Keep a list by ids, and say which of them nobody has."""
        new = read_query(IdsToImport, values)
        segment, unknown = self._segments.save_ids(name, new.ids, description=new.description)
        return {"segment": segment_dict(segment), "unknown": len(unknown), "first_unknown": list(unknown[:SHOWN_UNKNOWN])}

    def send(self, name: str, values: dict[str, Any], as_of: str | None) -> dict[str, Any]:
        """Send the people of a segment to another server."""
        where = read_query(WhereToSend, values)
        return self._workspace.sending.send(name, where.url, traits=where.traits, as_of=self._workspace.as_of(as_of)).to_dict()

    def delete(self, name: str) -> dict[str, Any]:
        """Forget a segment."""
        self._segments.delete(name)
        return {}

    def preview(self, values: dict[str, Any], as_of: str | None) -> dict[str, Any]:
        """Preview a rule."""
        asked = read_query(RuleToPreview, values)
        moment = None if as_of is None else self._workspace.as_of(as_of)
        found = self._segments.preview(asked.rule, moment, name=asked.name)
        shown = [shown_person(person) for person in self._workspace.people.many(list(found.sample))]
        return {**found.to_dict(), "sample": shown}

    def portrait(self, values: dict[str, Any], as_of: str | None) -> dict[str, Any]:
        """Draw a portrait."""
        asked = read_query(PortraitAsked, values)
        if (asked.rule is None) == (not asked.what):
            raise BadQueryError(field="what", value=repr(asked.what), allowed=Phrase("either what or a rule"))
        found = self._workspace.portraits.of(asked.rule or asked.what, self._workspace.as_of(as_of))
        return (found.masked(lambda trait, value: mask_part("person", trait, value)) if masking() else found).to_dict()

    def people(self, name: str, parameters: dict[str, str], as_of: str | None) -> dict[str, Any]:
        """List the people of a segment, in pages."""
        page = asked_page(parameters)
        return people_page(self._workspace, self._segments.members(name, self._workspace.as_of(as_of)), *page)

    def explain(self, name: str, person: str, as_of: str | None) -> dict[str, Any]:
        """Explain a segment for one person."""
        number = self._workspace.people.find(person).id
        found = self._segments.explain(name, number, self._workspace.as_of(as_of))
        if masking():
            found = found.masked(lambda trait, value: str(mask_traits({trait: value})[trait]))
        return found.to_dict()

    def recompute(self) -> dict[str, Any]:
        """Recompute all segments that are rules."""
        found = self._segments.recompute()
        moments = {"as_of": found.as_of.isoformat(), "computed_at": found.computed_at.isoformat()}
        return {**moments, "sizes": found.sizes, "failed": found.failed}


def segment_dict(segment: Segment) -> dict[str, Any]:
    """Give a segment as JSON values, a rule with its sentence."""
    rule = {} if segment.rule is None else {"sentence": sentence(read_rule(segment.rule))}
    return {**segment.to_dict(), **rule}


def add_segments(app: FastAPI, workspace: Workspace) -> None:
    """Answer below ``/api/v1/segments``."""
    api = SegmentApi(workspace)

    @app.get(PATH, include_in_schema=False)
    async def get_all(request: Request) -> Response:
        """List all segments."""
        return await told(request, lambda _values: api.all())

    @app.post(PATH + "/preview", include_in_schema=False)
    async def post_preview(request: Request) -> Response:
        """Preview the rule in the body."""
        return await told(request, lambda values: api.preview(values, request.query_params.get("as_of")))

    @app.post(PATH + "/portrait", include_in_schema=False)
    async def post_portrait(request: Request) -> Response:
        """Draw the portrait of the segment, tier or rule in the body."""
        return await told(request, lambda values: api.portrait(values, request.query_params.get("as_of")))

    @app.post(PATH + "/recompute", include_in_schema=False)
    async def post_recompute(request: Request) -> Response:
        """Recompute all rules."""
        return await told(request, lambda _values: api.recompute())

    _add_one(app, api)


def _add_one(app: FastAPI, api: SegmentApi) -> None:
    """Answer for a single segment."""

    @app.get(PATH + "/{name}", include_in_schema=False)
    async def get_one(name: str, request: Request) -> Response:
        """Give one segment."""
        return await told(request, lambda _values: api.get(name))

    @app.put(PATH + "/{name}", include_in_schema=False)
    async def put_segment(name: str, request: Request) -> Response:
        """Keep a segment."""
        return await told(request, lambda values: api.put(name, values))

    @app.delete(PATH + "/{name}", include_in_schema=False)
    async def delete_segment(name: str, request: Request) -> Response:
        """Forget a segment."""
        return await told(request, lambda _values: api.delete(name))

    @app.post(PATH + "/{name}/import", include_in_schema=False)
    async def post_ids(name: str, request: Request) -> Response:
        """Keep a list by ids."""
        return await told(request, lambda values: api.import_ids(name, values))

    @app.post(PATH + "/{name}/send", include_in_schema=False)
    async def post_send(name: str, request: Request) -> Response:
        """Send the people of a segment to another server."""
        return await told(request, lambda values: api.send(name, values, request.query_params.get("as_of")))

    @app.get(PATH + "/{name}/people", include_in_schema=False)
    async def get_people(name: str, request: Request) -> Response:
        """List the people of a segment."""
        asked = dict(request.query_params)
        return await told(request, lambda _values: api.people(name, asked, asked.get("as_of")))

    @app.get(PATH + "/{name}/explain", include_in_schema=False)
    async def get_explanation(name: str, request: Request) -> Response:
        """Explain a segment for the person of the address."""
        asked = dict(request.query_params)
        return await told(request, lambda _values: api.explain(name, asked.get("person", ""), asked.get("as_of")))
