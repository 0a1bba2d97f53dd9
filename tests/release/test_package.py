"""The archives that would be deployed, looked into and started."""

import json
import re
import subprocess
import zipfile

import pytest

from local import package

# One process builds, whatever the number of them that test.

MEBIBYTE = 1024 * 1024
UNWANTED = {"tests", "gpu_handlers", "local", "benchmarks", "torch", "diffusers", "numpy", "vendor"}
NAMES_OF_SETTINGS = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "AMQP_URL": "amqp://nobody@127.0.0.1:1",
    "SECRET_KEY": "k" * 32,
    "PUBLIC_URL": "https://example.com",
    "CDN_URL": "https://cdn.example.com",
    "PRIVATE_BUCKET": "private",
    "IMAGE_BUCKET": "images",
    "SESSIONS_TABLE": "sessions",
    "LIMITS_TABLE": "limits",
    "GOOGLE_CLIENT_ID": "id",
    "GOOGLE_CLIENT_SECRET": "secret",
    "INTERNAL_API_TOKEN": "t" * 32,
    "RUNPOD_API_KEY": "key",
    "RUNPOD_TRAINING_ENDPOINT_ID": "training",
    "RUNPOD_INFERENCE_ENDPOINT_ID": "inference",
    "TOSS_API_URL": "http://127.0.0.1:9",
    "TOSS_SECRET_KEY": "test-secret",
}
# Starts app.py with the archives before everything and the Lambda runtime's own packages last,
# asks for its health, and prints which of our packages came from somewhere else.
START = """
import glob, json, sys
task, layer, runtime = sys.argv[1:]
sys.path[:0] = [task, layer]
sys.path.append(runtime)
import app, alembic.command
import chalicelib.migrations.upgrade
event = {"httpMethod": "GET", "headers": {}, "multiValueHeaders": {}, "pathParameters": None,
         "queryStringParameters": None, "multiValueQueryStringParameters": None, "body": None,
         "isBase64Encoded": False, "stageVariables": None, "path": "/api/nothing",
         "requestContext": {"resourcePath": "/api/nothing", "httpMethod": "GET", "path": "/"}}
answer = app.app(event, None)
elsewhere = {name.partition(".")[0] for name, module in sys.modules.items()
             if (getattr(module, "__file__", None) or "").startswith(runtime)}
compiled = sum((getattr(module, "__cached__", None) or "").startswith((task, layer))
               and bool(glob.glob(module.__cached__)) for module in list(sys.modules.values()))
print(json.dumps({"elsewhere": sorted(elsewhere), "compiled": compiled,
                  "status": answer["statusCode"], "functions": sorted(
                      f.name for f in app.app.pure_lambda_functions)}))
"""


@pytest.mark.parametrize("archive", package.ARCHIVES)
def test_fits_lambdas_limit_for_an_upload(archives, archive):
    assert (archives / archive).stat().st_size < 50 * MEBIBYTE


def test_fits_lambdas_limit_when_unzipped(archives):
    total = sum(
        entry.file_size
        for name in package.ARCHIVES
        for entry in zipfile.ZipFile(archives / name).infolist()
    )
    assert total < 250 * MEBIBYTE


def test_every_native_wheel_was_made_for_lambda(unpacked):
    version = package.python_version(package.tools_python()).replace(".", "")
    native = 0
    for wheel in unpacked.rglob("*.dist-info/WHEEL"):
        text = wheel.read_text()
        if "Root-Is-Purelib: false" not in text:
            continue
        native += 1
        tags = re.findall(r"^Tag: (\S+)$", text, re.MULTILINE)
        assert any("manylinux" in tag and "x86_64" in tag for tag in tags), wheel
        assert any(tag.startswith(f"cp{version}-") or "-abi3-" in tag for tag in tags), wheel
    assert native >= 5


def test_every_native_module_is_for_that_python(unpacked):
    version = package.python_version(package.tools_python()).replace(".", "")
    modules = [path for path in unpacked.rglob("*.so") if ".libs/" not in str(path)]
    assert modules
    for module in modules:
        assert f"cpython-{version}-x86_64" in module.name or ".abi3." in module.name, module


def test_holds_nothing_that_lambda_does_not_need(unpacked, names):
    site_packages = next(unpacked.glob("opt/python/lib/*/site-packages"))
    tops = {path.name for place in (unpacked / "task", site_packages) for path in place.iterdir()}
    assert tops & (UNWANTED | set(package.IN_THE_RUNTIME)) == set()
    keys = [name for name in names if name.endswith((".env", ".pem", ".key"))]
    assert [name for name in keys if not name.endswith("certifi/cacert.pem")] == []


def test_holds_what_is_read_at_run_time(names):
    assert {"chalicelib/kit/locales/en.json", "chalicelib/kit/locales/ko.json"} <= set(names)
    assert "chalicelib/migrations/env.py" in names
    assert any(name.startswith("chalicelib/migrations/versions/0001_") for name in names)


def test_starts_as_lambda_would_start_it(unpacked):
    python = package.tools_python()
    layer = next(unpacked.glob("opt/python/lib/*/site-packages"))
    runtime = next(python.parents[1].glob("lib/python*/site-packages"))
    started = subprocess.run(
        [python, "-I", "-S", "-c", START, unpacked / "task", layer, runtime],
        env={**NAMES_OF_SETTINGS, "AWS_DEFAULT_REGION": "ap-northeast-2"},
        cwd=unpacked,
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 0, started.stderr
    seen = json.loads(started.stdout.splitlines()[-1])
    assert set(seen["elsewhere"]) <= set(package.IN_THE_RUNTIME)
    assert seen["compiled"] > 200
    assert "dispatch_jobs" in seen["functions"]


def test_the_gateway_answers_in_our_envelope_too(archives):
    resources = json.loads((archives / "sam.json").read_text())["Resources"]
    definition = next(
        resource["Properties"]["DefinitionBody"]
        for resource in resources.values()
        if resource["Type"] == "AWS::Serverless::Api"
    )
    answers = definition["x-amazon-apigateway-gateway-responses"]
    assert answers["MISSING_AUTHENTICATION_TOKEN"]["statusCode"] == "404"
    for answer in answers.values():
        body = json.loads(answer["responseTemplates"]["application/json"])
        assert body["success"] is False
        assert set(body["error"]) == {"code", "message", "details"}
        assert "gatewayresponse.header.Strict-Transport-Security" in answer["responseParameters"]
