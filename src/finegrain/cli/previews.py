"""How a preview and the summary of an import look on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.cli.output import money, number, table
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from finegrain.collect.imports.contract import ImportSummary
    from finegrain.collect.mapping.contract import ImportPreview, Mapping

SAMPLES = 3


def rendered(preview: ImportPreview) -> Iterator[RenderableType]:
    """Give the parts of a preview: the file, the columns with what they fill, the notes."""
    yield _file_line(preview)
    rows = [(column.name, column.field or "–", column.reason, ", ".join(column.samples[:SAMPLES])) for column in preview.columns]
    yield table([_("Column"), _("Field"), _("Why"), _("For example")], rows)
    for note in (*preview.notes, *(_("No column fills {field}, which is required.", field=field) for field in preview.missing)):
        yield f"· {note}"
    yield ""


def _file_line(preview: ImportPreview) -> str:
    detected = preview.file
    facts = [detected.format, detected.encoding, detected.compression if detected.compression != "none" else ""]
    return f"{detected.path} ({', '.join(fact for fact in facts if fact)})"


def as_dict(preview: ImportPreview) -> dict[str, Any]:
    """Give a preview as the JSON object of ``--dry-run --json``."""
    detected = preview.file
    return {
        "file": str(detected.path),
        "format": detected.format,
        "encoding": detected.encoding,
        "delimiter": detected.delimiter,
        "compression": detected.compression,
        "mapping": preview.mapping.to_dict(),
        "missing": list(preview.missing),
        "notes": list(preview.notes),
        "sample": list(preview.sample),
    }


def summary_table(summary: ImportSummary) -> RenderableType:
    """Give the summary of an import as a table, refused rows by reason below their sum."""
    from finegrain.collect.imports.reasons import reason_name

    rows = [(_("Rows read"), number(summary.rows)), (_("Accepted"), number(summary.accepted))]
    rows.append((_("– of them stored before"), number(summary.duplicates)))
    rows.append((_("Refused"), number(sum(summary.rejected.values()))))
    rows += [(f"– {reason_name(reason)} ({reason})", number(count)) for reason, count in summary.rejected.items()]
    if summary.kind == "orders":
        rows += [(_("Orders"), number(summary.orders)), (_("Refunds"), number(summary.refunds))]
        rows.append((_("Buyers"), number(summary.buyers)))
        rows.append((_("Net revenue"), money(summary.revenue_minor, summary.currency)))
    if summary.kind == "events":
        rows.append((_("Events"), number(summary.events)))
    rows += [(_("People"), number(summary.people)), (_("– of them new"), number(summary.new_people))]
    rows.append((_("Seconds"), f"{summary.seconds:.1f}"))
    return table(["", _("Import {id}", id=summary.import_id)], rows, numbers=[1])


def mapping_table(mapping: Mapping) -> RenderableType:
    """Give a mapping as a table of fields and columns, its options below."""
    rows = [(field, column) for field, column in mapping.columns.items()]
    options = {
        "--rows": mapping.granularity if mapping.kind == "orders" else "",
        "--time-format": mapping.time_format,
        "--refund-prefix": mapping.refund_prefix or "",
    }
    rows += [(option, value) for option, value in options.items() if value]
    return table([_("Field"), _("Column")], rows)
