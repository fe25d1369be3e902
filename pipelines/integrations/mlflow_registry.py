"""The model registry on an MLflow server: runs with their evidence, versions with their bundles, aliases.

The model ledger holds the truth; what is written here is for people to look at, and may be written again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import requests

from pipelines.core.errors import DataError, Refused, Unavailable
from pipelines.integrations.registry_note import bounded

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

RUN_TAG = "perennial_run"
PROMOTION_TAG = "promotion"
# An operator's own value of any of these stands.
CLIENT = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
}


class MlflowRegistry:
    """Implements the port ModelRegistry. `url` is the address of the tracking server.

    Every method raises Unavailable when the server does not answer or fails, Refused when it denies access,
    and DataError when it rejects what it is given.
    """

    def __init__(self, url: str) -> None:
        self.base = url.rstrip("/")
        for name, value in CLIENT.items():
            os.environ.setdefault(name, value)

    def record(self, model: str, run: str, *, metrics: Mapping[str, float], files: Path) -> str:
        """Logs a gated run: metrics, and the folder `files` as artifacts below gate/. Returns its id.

        The model's runs share one experiment. A run is found again by its tag; one that was left
        half-written is completed, a finished one stays as it is.
        """
        with self.calling(f"run {run} of {model}") as client:
            found = run_of(client, experiment(client, model), run)
            run_id = str(found.info.run_id)
            if found.info.status != "FINISHED":
                for name, value in metrics.items():
                    # The same time stamp makes a repeated value the same row.
                    client.log_metric(run_id, name, value, timestamp=found.info.start_time, step=0)
                client.log_artifacts(run_id, str(files), "gate")
                client.set_terminated(run_id, "FINISHED")
        return run_id

    def attach(self, model: str, run: str, *, files: Path) -> None:
        """Adds the folder `files` to the artifacts of a gated run below gate/, or replaces what is there.

        Raises DataError when the run was not recorded.
        """
        with self.calling(f"run {run} of {model}") as client:
            found = recorded_run(client, model, run)
            client.log_artifacts(str(found.info.run_id), str(files), "gate")

    def run_page(self, model: str, run: str) -> str:
        """The page where a person looks at a gated run. Raises DataError when it was not recorded."""
        with self.calling(f"run {run} of {model}") as client:
            found = recorded_run(client, model, run)
        return f"{self.base}/#/experiments/{found.info.experiment_id}/runs/{found.info.run_id}"

    def register(
        self, model: str, *, promotion: str, bundle: Path, run_id: str, tags: Mapping[str, str], note: str
    ) -> str:
        """Creates the version of a promotion, or returns the one there is.

        The folder `bundle` becomes artifacts of the run below bundle/, which are complete before the
        version exists. A note of more than 4900 characters is cut, and says so.
        """
        existing = self.version_of(model, promotion)
        if existing is not None:
            return existing
        with self.calling(f"promotion {promotion} of {model}") as client:
            create_model(client, model)
            client.log_artifacts(run_id, str(bundle), "bundle")
            made = client.create_model_version(
                model,
                source=f"runs:/{run_id}/bundle",
                run_id=run_id,
                tags={**tags, PROMOTION_TAG: promotion},
                description=bounded(note),
            )
        return str(made.version)

    def version_of(self, model: str, promotion: str) -> str | None:
        """The version of a promotion, None while there is none."""
        query = f"name = {quoted(model)} and tags.`{PROMOTION_TAG}` = {quoted(promotion)}"
        with self.calling(f"promotion {promotion} of {model}") as client:
            found = [int(version.version) for version in client.search_model_versions(query)]
        return str(min(found)) if found else None

    def set_tag(self, model: str, version: str, key: str, value: str) -> None:
        """Sets a tag on a version. Raises DataError when there is no such version."""
        with self.calling(f"version {version} of {model}") as client:
            client.set_model_version_tag(model, version, key, value)

    def tag(self, model: str, version: str, key: str) -> str | None:
        """A tag of a version, None where it is not set. Raises DataError when there is no such version."""
        with self.calling(f"version {version} of {model}") as client:
            found: str | None = client.get_model_version(model, version).tags.get(key)
        return found

    def aliases(self, model: str) -> Mapping[str, str]:
        """{alias: version}; empty when the model is unknown."""
        from mlflow.exceptions import MlflowException

        with self.calling(f"model {model}") as client:
            try:
                found = client.get_registered_model(model)
            except MlflowException as failure:
                if failure.error_code != "RESOURCE_DOES_NOT_EXIST":
                    raise
                return {}
            return {alias: str(version) for alias, version in found.aliases.items()}

    def set_alias(self, model: str, alias: str, version: str | None) -> None:
        """Points an alias at a version, or removes it with None. Raises DataError when either is unknown."""
        with self.calling(f"alias {alias} of {model}") as client:
            if version is None:
                client.delete_registered_model_alias(model, alias)
            else:
                client.set_registered_model_alias(model, alias, version)

    def url(self, model: str, version: str) -> str:
        """The page where a person looks at the version."""
        return f"{self.base}/#/models/{model}/versions/{version}"

    @contextmanager
    def calling(self, subject: str) -> Iterator[MlflowClient]:
        """A client whose failures become this product's errors."""
        from mlflow import MlflowClient
        from mlflow.exceptions import ERROR_CODE_TO_HTTP_STATUS, MlflowException

        try:
            yield MlflowClient(self.base, self.base)
        except MlflowException as failure:
            status = ERROR_CODE_TO_HTTP_STATUS.get(failure.error_code, 500)
            raise self.translated(subject, status, str(failure)) from failure
        except requests.RequestException as failure:
            status = 503 if failure.response is None else failure.response.status_code
            raise self.translated(subject, status, str(failure)) from failure

    def translated(self, subject: str, status: int, found: str) -> DataError | Refused | Unavailable:
        """The error for an HTTP status of the server; 5xx stands for no answer at all too."""
        if status in {401, 403}:
            return Refused(subject, f"{self.base} must grant access", found, "Check the MLflow account.")
        if status in {408, 429} or status >= 500:
            return Unavailable(subject, f"{self.base} must answer", found, "Check the server; try again.")
        return DataError(subject, f"{self.base} must accept it", found, "Correct what the message names.")


def experiment(client: MlflowClient, model: str) -> str:
    """The id of the model's experiment, created when absent; many processes may try at once."""
    from mlflow.exceptions import MlflowException

    found = client.get_experiment_by_name(model)
    if found is None:
        try:
            return str(client.create_experiment(model))
        except MlflowException as failure:
            found = client.get_experiment_by_name(model)
            if failure.error_code != "RESOURCE_ALREADY_EXISTS" or found is None:
                raise
    return str(found.experiment_id)


def recorded_run(client: MlflowClient, model: str, run: str) -> Run:
    """The MLflow run of that tag. Raises DataError when there is none."""
    known = client.get_experiment_by_name(model)
    found = find_run(client, known.experiment_id, run) if known else None
    if found is None:
        raise DataError(f"run {run} of {model}", "must be recorded", "no such run", "Record it first.")
    return found


def run_of(client: MlflowClient, experiment_id: str, run: str) -> Run:
    """The oldest MLflow run of that tag, created when there is none."""
    found = find_run(client, experiment_id, run)
    return found or client.create_run(experiment_id, run_name=run[:12], tags={RUN_TAG: run})


def find_run(client: MlflowClient, experiment_id: str, run: str) -> Run | None:
    """The oldest MLflow run of that tag, None when there is none."""
    query, order = f"tags.`{RUN_TAG}` = {quoted(run)}", ["attributes.start_time ASC", "attributes.run_id ASC"]
    found = client.search_runs([experiment_id], query, max_results=1, order_by=order)
    return found[0] if found else None


def create_model(client: MlflowClient, model: str) -> None:
    """Creates the registered model unless it exists."""
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(model)
    except MlflowException as failure:
        if failure.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def quoted(text: str) -> str:
    """A string of MLflow's query language. Raises DataError for one that the language cannot hold."""
    if "'" in text or "\\" in text:
        raise DataError(f"name {text[:80]!r}", "has no quote and no backslash", "one", "Choose another name.")
    return f"'{text}'"
