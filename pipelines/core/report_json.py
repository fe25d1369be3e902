"""The report for machines, and the published schema of it."""

from __future__ import annotations

from typing import Any

from pipelines.core.report import ValidationReport
from pipelines.core.value import canonical_json

SCHEMA = "perennial/report/2"


def report_json(report: ValidationReport) -> bytes:
    """The report's own fields beside the name of their schema."""
    return canonical_json({"schema": SCHEMA, **report.model_dump(mode="json")})


def report_schema() -> dict[str, Any]:
    """The JSON schema that every report.json keeps; `data_contracts/report.schema.json` holds it."""
    schema = ValidationReport.model_json_schema(mode="serialization")
    named = {"schema": {"const": SCHEMA, "type": "string"}, **schema["properties"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": SCHEMA,
        "properties": named,
        "required": ["schema", *schema["required"]],
    }
