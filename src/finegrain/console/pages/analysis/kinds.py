"""The kinds of analysis: what question each answers, and how its form is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finegrain.behaviour.queries.kinds import KINDS
from finegrain.console.pages.analysis.forms.counting import draw_distribution, draw_lasting, draw_retention, draw_trends
from finegrain.console.pages.analysis.forms.diagnosing import draw_churn, draw_process
from finegrain.console.pages.analysis.forms.moving import draw_attribution, draw_funnel, draw_intervals, draw_paths
from finegrain.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.console.pages.analysis.form import QueryForm


@dataclass(frozen=True)
class Analysis:
    """One kind of analysis.

    Attributes:
        name: of the kind of query, and of the page's address.
        title, question: English texts, marked for translation.
        example: a question as an operator asks it, and what the answer is good for.
        icon: name of a Material icon.
        draw: draws the form.
    """

    name: str
    title: str
    question: str
    example: str
    icon: str
    draw: Callable[[QueryForm], None]


ANALYSES: dict[str, Analysis] = {
    one.name: one
    for one in (
        Analysis(
            "trends",
            N_("Trends"),
            N_("How does a figure go over time?"),
            N_("Orders, buyers and revenue a day, compared with the days before; conversion rates as a formula."),
            "show_chart",
            draw_trends,
        ),
        Analysis(
            "funnel",
            N_("Funnel"),
            N_("How far do they come, and where do they leave?"),
            N_("From viewing a product to paying for it: which step loses most people, and on which platform."),
            "filter_list",
            draw_funnel,
        ),
        Analysis(
            "retention",
            N_("Retention"),
            N_("How many come back?"),
            N_("Of those who signed up in a week, how many are there one, two, three weeks later."),
            "event_repeat",
            draw_retention,
        ),
        Analysis(
            "paths",
            N_("User paths"),
            N_("Which ways do they take?"),
            N_("What people do after a search, and what they did before they ordered."),
            "alt_route",
            draw_paths,
        ),
        Analysis(
            "intervals",
            N_("Time between events"),
            N_("How long does it take?"),
            N_("The time from one order to the next: when is somebody late, and when is it time to write."),
            "timelapse",
            draw_intervals,
        ),
        Analysis(
            "distribution",
            N_("Distribution"),
            N_("How many do it how often, or spend how much?"),
            N_("How many people ordered once, twice, ten times; who makes up the top tenth."),
            "bar_chart",
            draw_distribution,
        ),
        Analysis(
            "attribution",
            N_("Attribution"),
            N_("What are conversions owed to?"),
            N_("Which sources and campaigns came before orders, by five models, and with how much money."),
            "hub",
            draw_attribution,
        ),
        Analysis(
            "lifecycle",
            N_("Life-cycle"),
            N_("Who is new, stays, comes back, falls silent?"),
            N_("Whether the shop grows by new buyers or by old ones, and how many fall silent meanwhile."),
            "autorenew",
            draw_lasting,
        ),
        Analysis(
            "stickiness",
            N_("Stickiness"),
            N_("On how many days do they come?"),
            N_("How many come once a month, how many every day; and DAU / MAU."),
            "favorite",
            draw_lasting,
        ),
        Analysis(
            "churn",
            N_("Churn diagnosis"),
            N_("What marks those who leave?"),
            N_("What the silent did, lacked or ran into, against people like them who stayed; ranked by revenue at stake."),
            "person_off",
            draw_churn,
        ),
        Analysis(
            "process",
            N_("Process diagnosis"),
            N_("Which repair is worth most?"),
            N_("Where a purchase or a sign-up loses people, waits or goes in circles, and on which platform it does worse."),
            "troubleshoot",
            draw_process,
        ),
    )
    if one.name in KINDS
}
"""Every kind by name, in the order in which they are shown."""
