"""What is deployed: `python -m local.package --stage dev` builds it, `--deploy` sends it.

Chalice builds for the Python that runs it, and before 3.12 picks a Lambda runtime for which
Pillow has no wheel; so it runs in an environment of its own, with Python 3.12 or later. What
Lambda needs is put into vendor/ by pip, compiled, and Chalice is shown an empty requirements.txt
(docs/decisions/0001-vendored-layer.md).
"""

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / ".local" / "package"
# What deployments made, by stage; without it, the next one makes a second API with another URL.
DEPLOYED = ROOT / ".chalice" / "deployed"
PREFERRED = ("3.12", "3.13", "3.14")
PLATFORMS = ("manylinux_2_28_x86_64", "manylinux2014_x86_64")
TOOLS = ("boto3", "chalice")
# Lambda's Python brings boto3 and these; nothing but botocore needs dateutil and six.
IN_THE_RUNTIME = ("boto3", "botocore", "dateutil", "python_dateutil", "s3transfer", "six")
# Chalice says it and goes on, with exit status 0 and an archive that fails at import.
INCOMPLETE = "Could not install dependencies"
ARCHIVES = ("deployment.zip", "layer-deployment.zip")


class PackageFailed(Exception):
    """There is nothing fit to be deployed; the message says why."""


def find_python() -> Path | None:
    """A Python for which Chalice picks a Lambda runtime that our wheels fit; None without one."""
    named = [shutil.which(f"python{version}") for version in PREFERRED]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    kept = [path for version in PREFERRED for path in sorted(pyenv.glob(f"{version}.*/bin/python"))]
    for candidate in [sys.executable, *named, *kept]:
        if candidate and python_version(Path(candidate)) in PREFERRED:
            return Path(candidate)
    return None


def build(stage: str, out: Path) -> None:
    """Build both archives and sam.json for one stage; raises PackageFailed."""
    shutil.rmtree(out, ignore_errors=True)
    _chalice("package", "--stage", stage, str(out))
    for archive in ARCHIVES:
        path = out / archive
        with zipfile.ZipFile(path) as opened:
            unzipped = sum(entry.file_size for entry in opened.infolist())
        print(f"{archive}: {path.stat().st_size / 1e6:.1f} MB, {unzipped / 1e6:.1f} MB unzipped")


def deploy(stage: str) -> None:
    """Send it to AWS; raises PackageFailed."""
    _chalice("deploy", "--stage", stage)


def tools_python() -> Path:
    """The Python with Chalice, boto3 and what Lambda needs; raises PackageFailed."""
    python = find_python()
    if not python:
        raise PackageFailed(f"packaging needs one of Python {', '.join(PREFERRED)}")
    folder = ROOT / ".local" / "package-venv"
    found = folder / "bin" / "python"
    wanted = _digest(python_version(python), *_tools())
    stamp = folder / "made-of"
    if stamp.exists() and stamp.read_text() == wanted:
        return found
    _run(str(python), "-m", "venv", "--clear", str(folder))
    _run(*_pip(found), *_tools(), "-r", str(ROOT / "requirements.txt"))
    stamp.write_text(wanted)
    return found


def _chalice(*command: str) -> None:
    environment = {
        "AWS_DEFAULT_REGION": "ap-northeast-2",
        "AWS_EC2_METADATA_DISABLED": "true",
        **os.environ,
    }
    WORK.mkdir(parents=True, exist_ok=True)
    with (WORK / "lock").open("w") as lock:
        # Tests in several processes would build in the same folder.
        fcntl.flock(lock, fcntl.LOCK_EX)
        python = tools_python()
        project = _project(python)
        program = str(python.with_name("chalice"))
        said = _run(program, "--project-dir", str(project), *command, environment=environment)
    if INCOMPLETE in said:
        raise PackageFailed(said)


def _project(python: Path) -> Path:
    """The Chalice project as it is deployed: our tree without what is none of Lambda's business."""
    project = WORK / "project"
    for name in ("chalicelib", ".chalice"):
        shutil.rmtree(project / name, ignore_errors=True)
    project.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "app.py", project)
    shutil.copytree(
        ROOT / "chalicelib", project / "chalicelib", ignore=shutil.ignore_patterns("__pycache__")
    )
    _compile(python, project / "chalicelib")
    (project / ".chalice").mkdir()
    for path in (ROOT / ".chalice").glob("*.json"):
        shutil.copy(path, project / ".chalice")
    DEPLOYED.mkdir(exist_ok=True)
    (project / ".chalice" / "deployed").symlink_to(DEPLOYED)
    (project / "requirements.txt").write_text("")
    _vendor(python, project / "vendor")
    return project


def _vendor(python: Path, folder: Path) -> None:
    version = python_version(python)
    wanted = _digest(version)
    stamp = folder.with_name("vendor-made-of")
    if folder.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    platforms = [part for platform in PLATFORMS for part in ("--platform", platform)]
    _run(
        *(*_pip(python), "--target", str(folder), "--only-binary=:all:"),
        *("--implementation", "cp", "--python-version", version, *platforms),
        *("-r", str(ROOT / "requirements.txt")),
    )
    for name in IN_THE_RUNTIME:
        for path in [*folder.glob(name), *folder.glob(f"{name}.py"), *folder.glob(f"{name}-*")]:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.rmtree(folder / "bin", ignore_errors=True)
    _compile(python, folder)
    stamp.write_text(wanted)


def _compile(python: Path, folder: Path) -> None:
    # Unchecked: Chalice stamps every file 1980-01-01, so a check by time would never agree.
    _run(
        *(str(python), "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"),
        *("-s", str(folder), str(folder)),
    )


def _pip(python: Path) -> list[str]:
    options = ["-q", "--no-compile", "--disable-pip-version-check"]
    return [str(python), "-m", "pip", "install", *options]


def _tools() -> list[str]:
    pins = (ROOT / "requirements-dev.txt").read_text().splitlines()
    return [pin for pin in pins if pin.split("==")[0] in TOOLS]


def _digest(*parts: str) -> str:
    content = "\n".join([*parts, (ROOT / "requirements.txt").read_text()])
    return hashlib.sha256(content.encode()).hexdigest()


def python_version(python: Path) -> str:
    """Its version as `3.12`; empty when it does not run."""
    asked = subprocess.run(
        [str(python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip()


def _run(*argv: str, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        argv,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackageFailed(f"{' '.join(argv)}\n{done.stdout}")
    return done.stdout


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.package", description=__doc__)
    parser.add_argument("--stage", default="dev", choices=("dev", "prod"))
    parser.add_argument("--deploy", action="store_true", help="send it to AWS as well")
    options = parser.parse_args()
    try:
        build(options.stage, WORK / options.stage)
        if options.deploy:
            deploy(options.stage)
    except PackageFailed as error:
        sys.exit(str(error))


if __name__ == "__main__":
    _main()
