"""The routes of operation: whether the server lives, is ready, and what it serves."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from pipelines.serving.fleet import Fleet
from pipelines.serving.problems import problem


def status(fleet: Fleet) -> APIRouter:
    """Liveness, readiness, and the version each model is served at."""
    router = APIRouter()

    @router.get("/healthz")
    @router.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def ready() -> JSONResponse:
        reasons = {model: reason for model in fleet.models if (reason := fleet.lineup(model).unready)}
        return JSONResponse({"ready": not reasons, "reasons": reasons}, status_code=503 if reasons else 200)

    @router.get("/perennial/served/{model}")
    async def served(model: str) -> dict[str, Any]:
        if model not in fleet.models:
            raise problem(404, f"The model {model!r} is not declared. See mlflow/models.", param="model")
        lineup = fleet.lineup(model)
        serving = lineup.serving
        return {
            "version": serving.version if serving else None,
            "candidate": serving.candidate if serving else None,
            "logit_difference": serving.bundle.logit_difference if serving else None,
            "refused": {str(version): reason for version, reason in sorted(lineup.refused.items())},
        }

    return router
