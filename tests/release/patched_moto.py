"""moto's server with what it lacks of `chalice deploy`; started by test_deploy.py."""

import json
import sys
from typing import Any

from moto.apigateway.models import APIGatewayBackend
from moto.awslambda.responses import LambdaResponse
from moto.server import main

_import, _put = APIGatewayBackend.import_rest_api, APIGatewayBackend.put_rest_api


def _as_moto_reads(definition: dict[str, Any]) -> dict[str, Any]:
    """Chalice sends Swagger 2.0 without a description; moto knows OpenAPI 3 and needs one."""
    kept = {name: value for name, value in definition.items() if name != "swagger"}
    return {**kept, "openapi": "3.0.1", "info": {"description": "", **definition["info"]}}


def _import_rest_api(self: Any, api_doc: dict[str, Any], fail_on_warnings: bool) -> Any:
    return _import(self, _as_moto_reads(api_doc), fail_on_warnings)


def _put_rest_api(
    self: Any, function_id: str, api_doc: dict[str, Any], fail_on_warnings: bool, mode: str = ""
) -> Any:
    return _put(self, function_id, _as_moto_reads(api_doc), fail_on_warnings, mode or "merge")


def _get_layer_version_by_arn(self: Any) -> str:
    arn = self._get_param("Arn") or self.querystring["Arn"][0]
    name, version = arn.split(":")[-2:]
    return json.dumps(self.backend.get_layer_version(name, version).get_layer_version())


APIGatewayBackend.import_rest_api = _import_rest_api
APIGatewayBackend.put_rest_api = _put_rest_api
LambdaResponse.get_layer_version_by_arn = _get_layer_version_by_arn

if __name__ == "__main__":
    main(sys.argv[1:])
