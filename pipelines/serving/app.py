"""The model server as a web application and as a process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final

import uvicorn
from fastapi import FastAPI
from starlette.exceptions import HTTPException

from pipelines import runtime, specs
from pipelines.archive import Archive
from pipelines.integrations.base_models import LocalBaseModels
from pipelines.integrations.clock import SystemClock
from pipelines.integrations.kernels import pin_kernels
from pipelines.integrations.signing import Ed25519Signer
from pipelines.ledger import Ledger
from pipelines.ports import BaseModels, ObjectStore, Signer
from pipelines.serving.classifications import classifications
from pipelines.serving.completions import completions
from pipelines.serving.fleet import Fleet
from pipelines.serving.loading import Approved, Loader
from pipelines.serving.problems import failed, refused
from pipelines.serving.status import status
from pipelines.serving.turns import Turns
from pipelines.serving.watcher import Watcher
from pipelines.settings import LOOPBACK, Settings

MAX_OPEN: Final = 64
DRAIN_SECONDS: Final = 30
KEEP_ALIVE_SECONDS: Final = 75


def build_watcher(
    settings: Settings,
    models: Iterable[str],
    store: ObjectStore,
    folders: BaseModels,
    approved: Approved,
    signer: Signer,
) -> Watcher:
    """The watcher of these models' ledgers, with the fleet it keeps. `signer` needs only the public key."""
    names = tuple(models)
    loader = Loader(Archive(store), settings.home / "serving", folders, approved)
    clock = SystemClock()
    ledgers = {name: Ledger(store, f"ledger/models/{name}/", signer=signer, clock=clock) for name in names}
    return Watcher(Fleet(names, loader), ledgers)


def build_app(watcher: Watcher) -> FastAPI:
    """The web application; its lifespan starts and stops the watcher and the generation worker."""
    turns = Turns(MAX_OPEN)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        pin_kernels()
        turns.start()
        watcher.start()
        try:
            yield
        finally:
            await asyncio.to_thread(watcher.stop)
            await asyncio.to_thread(turns.stop)

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(Exception, failed)
    app.include_router(completions(watcher.fleet, turns))
    app.include_router(classifications(watcher.fleet, turns))
    app.include_router(status(watcher.fleet))
    return app


def run(watcher: Watcher, port: int) -> None:
    """Serves on this machine only, until SIGTERM; requests under way then have 30 s to finish."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    uvicorn.run(
        build_app(watcher),
        host=LOOPBACK,
        port=port,
        access_log=True,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )


def serve(settings: Settings) -> None:
    """The server process of an installation: its declared models, its bucket, its public key."""
    signer = Ed25519Signer(None, settings.secrets / "ledger.pub")
    models = specs.models(settings.project)
    folders = LocalBaseModels(settings.bases)
    watcher = build_watcher(
        settings, models, runtime.open_store(settings), folders, lambda: specs.bases(settings.project), signer
    )
    run(watcher, settings.ports.server)
