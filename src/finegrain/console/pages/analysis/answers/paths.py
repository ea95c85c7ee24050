"""How the answer about paths reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.console.pages.analysis.answers.common import count_cell, group_title, opened, share_cell, text_cell
from finegrain.console.pages.analysis.contract import Figure, Picture, ResultTable, TableColumn
from finegrain.console.pages.analysis.words import shown_event
from finegrain.console.theme import FONT
from finegrain.console.widgets.formats import number, percent
from finegrain.i18n import _

if TYPE_CHECKING:
    from finegrain.behaviour.paths.result import PathEdge, PathNode, PathsResult
    from finegrain.console.pages.analysis.contract import Cell, Selection
    from finegrain.console.theme import Palette

_NODE_PX, _LEAST_PX, _MOST_PX = 40, 300, 640
_STOP, _COLUMN_PX, _LABEL_PX = "stop", 128, 108
_TIP = "p => { const tip = document.createElement('span'); tip.textContent = p.data.title; return tip.innerHTML }"
"""Says an item's title; names come from data, so that they are escaped before they become HTML."""


class PathsAnswer:
    """Reads the answers about paths."""

    def is_empty(self, result: PathsResult) -> bool:
        """Say whether there is no path."""
        return result.total.paths == 0

    def pictures(self, result: PathsResult) -> list[Picture]:
        """Give the Sankey diagram."""
        by_position: dict[int, int] = {}
        for node in result.total.nodes:
            by_position[node.position] = by_position.get(node.position, 0) + 1
        height = min(_MOST_PX, max(_LEAST_PX, max(by_position.values(), default=0) * _NODE_PX))
        hint = _("width is the number of paths; click a way or a place to see the people")
        stops = any(node.stopped for node in result.total.nodes)
        width = _COLUMN_PX * (max(by_position, default=1) + stops)
        return [Picture(_("The ways they take"), lambda colours: _sankey(result, colours), height, hint, width)]

    def table(self, result: PathsResult) -> ResultTable:
        """Give a row a way from one place to the next, most used first; then who stopped where."""
        columns = (
            TableColumn(_("Position")),
            TableColumn(_("From"), "text"),
            TableColumn(_("To"), "text"),
            TableColumn(_("Paths")),
            TableColumn(_("Of all paths")),
            TableColumn(_("People")),
        )
        nodes, every = result.total.nodes, result.total.paths
        rows: list[tuple[Cell, ...]] = [
            (
                count_cell(nodes[edge.source].position),
                text_cell(_node_name(nodes[edge.source])),
                text_cell(_node_name(nodes[edge.target])),
                count_cell(edge.count),
                share_cell(edge.count / every),
                count_cell(edge.actors, _edge_select(result, edge)),
            )
            for edge in sorted(result.total.edges, key=lambda one: -one.count)
        ]
        rows += [_stopped_row(result, node) for node in nodes if node.stopped]
        return ResultTable(columns, tuple(rows))

    def figures(self, result: PathsResult) -> list[Figure]:
        """Give the paths, their people, and where most of them go first."""
        total = result.total
        second = max((node for node in total.nodes if node.position == 2), key=lambda node: node.count, default=None)  # noqa: PLR2004
        first_stop = sum(node.stopped for node in total.nodes if node.position == 1)
        alone = percent(first_stop / total.paths if total.paths else None)
        backward = _is_backward(result)
        figures = [
            Figure(_("Paths"), number(total.paths)),
            Figure(_("People"), number(total.actors)),
            Figure(
                _("Begin with it") if backward else _("Stop at once"),
                alone,
                _("nothing before it") if backward else _("no second step"),
            ),
        ]
        if second:
            label = _("Most come from") if backward else _("Most go on to")
            figures.append(Figure(label, percent(second.share), _node_name(second)))
        return figures

    def notes(self, result: PathsResult) -> list[str]:
        """Say what is folded, and where paths are cut."""
        notes = [_("Neighbours of the same name are one step.")]
        if any(node.kind == "other" for node in result.total.nodes):
            notes.append(_("Rarer names are one place, “Other”."))
        beyond = sum(node.beyond for node in result.total.nodes)
        if beyond:
            notes.append(_("{n} paths go on beyond the last position that is shown.", n=number(beyond)))
        return notes

    def title(self, result: PathsResult, select: Selection) -> str:
        """Say who passed a place, or went a way."""
        here = shown_event(str(select.get("name") or "")) or _("Other")
        place = _("{name} at position {n}", name=here, n=select.get("position"))
        then = select.get("then", "anything")
        if then == "stopped":
            place = _("{place}, then nothing more", place=place)
        elif then in {"name", "other"}:
            place = f"{place} → {shown_event(str(select.get('then_name') or '')) or _('Other')}"
        return place + group_title(result.groups, select)


def _node_name(node: PathNode) -> str:
    return node.name if node.kind == "other" else shown_event(node.name)


def _node_select(result: PathsResult, node: PathNode, **more: Any) -> Selection | None:
    return opened(result.asked, position=node.position, name=node.name if node.kind == "name" else None, **more)


def _edge_select(result: PathsResult, edge: PathEdge) -> Selection | None:
    near, far = sorted((result.total.nodes[edge.source], result.total.nodes[edge.target]), key=lambda node: node.position)
    then = {"then": "other"} if far.kind == "other" else {"then": "name", "then_name": far.name}
    return _node_select(result, near, **then)


def _is_backward(result: PathsResult) -> bool:
    return bool(getattr(result.asked.query, "backward", False))


def _stopped_row(result: PathsResult, node: PathNode) -> tuple[Cell, ...]:
    here, backward = text_cell(_node_name(node)), _is_backward(result)
    return (
        count_cell(node.position),
        *((text_cell(_("(nothing before)")), here) if backward else (here, text_cell(_("(nothing more)")))),
        count_cell(node.stopped, _node_select(result, node, then="stopped")),
        share_cell(node.stopped / result.total.paths),
        text_cell(""),
    )


def _key(place: int, node: PathNode) -> str:
    # ECharts takes a node's name for its key, and draws the text of ``label``.
    return f"{place} {node.name}"


def _sankey(result: PathsResult, colours: Palette) -> dict[str, Any]:
    nodes = result.total.nodes
    backward = _is_backward(result)
    deepest = max((node.position for node in nodes), default=1) + (1 if any(node.stopped for node in nodes) else 0)
    data = [
        _node(result, place, node, colours) | {"depth": deepest - node.position if backward else node.position - 1}
        for place, node in enumerate(nodes)
    ]
    links = [_link(result, edge) for edge in result.total.edges]
    for position in sorted({node.position for node in nodes if node.stopped}):
        depth = deepest - position - 1 if backward else position
        data.append(_stop(result, position, colours) | {"depth": depth})
    links += [_stop_link(result, place, node, backward=backward) for place, node in enumerate(nodes) if node.stopped]
    return {
        "animationDuration": 300,
        "textStyle": {"fontFamily": FONT},
        "tooltip": {
            "trigger": "item", "backgroundColor": colours.card, "borderColor": colours.line, "confine": True,
            "textStyle": {"color": colours.text, "fontSize": 13}, ":formatter": _TIP,
        },
        "series": [_series(data, links, colours)],
    }  # fmt: skip


def _link(result: PathsResult, edge: PathEdge) -> dict[str, Any]:
    nodes = result.total.nodes
    return {
        "source": _key(edge.source, nodes[edge.source]),
        "target": _key(edge.target, nodes[edge.target]),
        "value": edge.count,
        "title": _edge_title(result, edge),
        "door": _edge_select(result, edge),
    }


def _stop(result: PathsResult, position: int, colours: Palette) -> dict[str, Any]:
    count = sum(node.stopped for node in result.total.nodes if node.position == position)
    text = _stop_name(result)
    return {
        "name": f"{_STOP} {position}",
        "value": count,
        "itemStyle": {"color": colours.faint, "borderWidth": 0},
        "label": {"formatter": f"{percent(count / result.total.paths)} {text}", "color": colours.muted},
        "title": f"{text}: {number(count)}",
    }


def _stop_link(result: PathsResult, place: int, node: PathNode, *, backward: bool) -> dict[str, Any]:
    ends = [_key(place, node), f"{_STOP} {node.position}"]
    source, target = reversed(ends) if backward else ends
    title = f"{_node_name(node)} · {_stop_name(result)}: {number(node.stopped)}"
    return {
        "source": source,
        "target": target,
        "value": node.stopped,
        "title": title,
        "door": _node_select(result, node, then="stopped"),
    }


def _stop_name(result: PathsResult) -> str:
    return _("Begin here") if _is_backward(result) else _("Stop here")


def _series(data: list[dict[str, Any]], links: list[dict[str, Any]], colours: Palette) -> dict[str, Any]:
    return {
        "type": "sankey", "data": data, "links": links, "left": 4, "right": _COLUMN_PX, "top": 8, "bottom": 8,
        "nodeWidth": 10, "nodeGap": 16, "nodeAlign": "left", "draggable": False, "layoutIterations": 24,
        "emphasis": {"focus": "adjacency"},
        "lineStyle": {"color": colours.accent, "opacity": 0.18, "curveness": 0.5},
        # The share comes first, so that a long name is what is cut; a name too many is told by pointing at its place.
        "label": {"color": colours.text, "fontSize": 12, "width": _LABEL_PX, "overflow": "truncate"},
        "labelLayout": {"hideOverlap": True},
    }  # fmt: skip


def _node(result: PathsResult, place: int, node: PathNode, colours: Palette) -> dict[str, Any]:
    # In a label, what stands in braces would be filled in by ECharts.
    name = _node_name(node).replace("{", "(").replace("}", ")")
    colour = colours.faint if node.kind == "other" else colours.ramp_middle
    return {
        "name": _key(place, node),
        "value": node.count,
        "itemStyle": {"color": colour, "borderWidth": 0},
        "label": {"formatter": f"{percent(node.share)} {name}"},
        "title": f"{_node_name(node)}: {number(node.count)} · {percent(node.share)}",
        "door": _node_select(result, node),
    }


def _edge_title(result: PathsResult, edge: PathEdge) -> str:
    source, target = (_node_name(result.total.nodes[end]) for end in (edge.source, edge.target))
    return f"{source} → {target}: {number(edge.count)}"
