"""Builds the sample's base models on this machine, each in a process of its own, checked by digest."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from pipelines.core.base_model import ApprovedBase
from pipelines.core.errors import DeclarationError, Refused, Tampered, Unavailable
from pipelines.integrations.folder_digest import folder_sha256
from pipelines.ports import Progress

# Kernels that do not depend on newer instructions than AVX2, so that a digest holds on other machines.
# MKL heeds its AVX2 mode on Intel processors only; COMPATIBLE means the same to all makers. It takes
# about 1.7 times as long, once.
PINNED_KERNELS = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_CBWR": "COMPATIBLE",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "PYTHONHASHSEED": "0",
    "HF_HUB_OFFLINE": "1",
}


def build_base(base: ApprovedBase, bases_dir: Path, progress: Progress, *, expect_pinned: bool = True) -> str:
    """Build one base into `bases_dir/<name>`, complete or absent; returns the digest of its folder.

    Does nothing when the folder is right already. Raises Tampered, and leaves the folder as it was, when
    the result is not the pinned one; with `expect_pinned` false any result is put in place. Raises
    Unavailable when the build process dies.
    """
    target = bases_dir / base.name
    if target.is_dir() and folder_sha256(target) == base.sha256:
        return base.sha256
    bases_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{base.name}-", dir=bases_dir) as work:
        built = Path(work) / "new"
        _pretrain(base, built, progress)
        digest = folder_sha256(built)
        if expect_pinned and digest != base.sha256:
            raise Tampered(
                f"base {base.name}",
                f"gives the pinned folder {base.sha256[:12]} when it is built",
                f"{digest[:12]}",
                "If the recipe, the libraries or the kind of processor changed on purpose, approve the new "
                f"folder with `perennial base build {base.name} --pin`.",
            )
        _put_in_place(built, target, Path(work) / "old")
    return folder_sha256(target)


def build_all(
    bases: Iterable[ApprovedBase],
    bases_dir: Path,
    *,
    progress: Progress,
    project: Path | None = None,
) -> dict[str, str]:
    """Build every base that has a recipe, two at a time, the costly ones first: {name: digest}.

    With a `project`, any result is put in place and pinned in that project's declarations. Raises the
    first error once every build has ended.
    """
    costly_first = sorted((b for b in bases if b.build), key=lambda b: b.parameters, reverse=True)

    def build(base: ApprovedBase) -> str:
        def report(line: str) -> None:
            progress(f"{base.name}: {line}")

        return build_base(base, bases_dir, report, expect_pinned=project is None)

    with ThreadPoolExecutor(max_workers=2) as pool:
        running = {base.name: pool.submit(build, base) for base in costly_first}
    built = {name: future.result() for name, future in running.items()}
    if project is not None:
        for name, digest in built.items():
            pin(project, name, digest)
    return built


def pin(project: Path, name: str, digest: str) -> Path:
    """Rewrite the `sha256:` line of an approved base; returns the declaration's path.

    Raises DeclarationError when the declaration does not have exactly one such line.
    """
    path = project / "mlflow" / "base_models" / f"{name}.yaml"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    pinned, lines = re.subn(r"(?m)^sha256:.*$", f'sha256: "{digest}"', text)
    if lines != 1:
        raise DeclarationError(
            f"base {name}",
            "has one sha256 line in its declaration",
            f"{lines} in mlflow/base_models/{name}.yaml",
            "Add `sha256:` with 64 zeros and pin again.",
        )
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(pinned, encoding="utf-8")
    partial.replace(path)
    return path


def _put_in_place(built: Path, target: Path, aside: Path) -> None:
    if target.exists():
        target.rename(aside)
    try:
        built.rename(target)
    except OSError as error:
        if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):  # else another build of it came first
            raise


def _pretrain(base: ApprovedBase, out: Path, progress: Progress) -> None:
    if base.build is None:
        raise Refused(
            f"base {base.name}",
            "is built only when its declaration has a `build` recipe",
            "none",
            "Fetch it from its hub and give its `path`.",
        )
    command = [
        sys.executable,
        "-m",
        "pipelines.integrations.base_pretraining",
        base.build.model_dump_json(),
        str(out),
    ]
    with TemporaryFile("w+", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command, env={**os.environ, **PINNED_KERNELS}, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        try:
            for line in process.stdout or ():
                progress(line.strip())
            code = process.wait()
        finally:
            process.kill()
            process.wait()
        if code != 0:
            errors.seek(0)
            raise Unavailable(
                f"base {base.name}",
                "its build process ends with status 0",
                f"status {code}: {errors.read()[-300:]}",
                "Look at the message, free memory or disk, and build again.",
            )
