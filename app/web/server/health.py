"""`/healthz`, `/readyz`, `/metrics`, for operations."""

import hmac
from dataclasses import dataclass

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST

from app.services.health import HealthService
from app.services.operations import OperationsService
from app.web.pages import RETRY_AFTER_S
from app.web.site.metrics import Metrics


@dataclass(frozen=True, slots=True)
class HealthViews:
    """Liveness checks nothing, readiness checks every store; metrics require `token`, if one is set."""

    health: HealthService
    operations: OperationsService
    metrics: Metrics
    token: str

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("health", __name__)
        blueprint.add_url_rule("/healthz", view_func=self.healthz, endpoint="healthz")
        blueprint.add_url_rule("/readyz", view_func=self.readyz, endpoint="readyz")
        blueprint.add_url_rule("/metrics", view_func=self.prometheus, endpoint="metrics")
        return blueprint

    def healthz(self) -> Response:
        return jsonify({"status": "ok"})

    def readyz(self) -> Response:
        """503 if anything is unavailable that every login needs; a degraded dependency is reported with 200."""
        found = self.health.ready()
        ready = all(dependency.ok for dependency in found.values() if dependency.needed)
        response = jsonify(
            {
                "status": "ready" if ready else "not ready",
                "dependencies": {
                    name: {"ok": dependency.ok, "reason": dependency.reason} for name, dependency in found.items()
                },
            }
        )
        response.status_code = 200 if ready else 503
        if not ready:
            response.headers["Retry-After"] = str(RETRY_AFTER_S)
        return response

    def prometheus(self) -> Response:
        if self.token and not _bears(self.token):
            refused = Response("Send the token of /metrics as a bearer token.\n", status=401, mimetype="text/plain")
            refused.headers["WWW-Authenticate"] = 'Bearer realm="metrics"'
            return refused
        return Response(self.metrics.render(self.operations.numbers()), content_type=CONTENT_TYPE_LATEST)


def _bears(token: str) -> bool:
    """RFC 6750, section 2.1; compared in constant time."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
