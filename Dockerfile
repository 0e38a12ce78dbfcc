# Build:  docker build -t sso-bridge .
# Run:    config/compose.yaml

FROM python:3.11-slim-bookworm AS build
WORKDIR /srv/sso-bridge
RUN python -m venv .venv
COPY config/requirements/runtime.txt config/requirements/build.txt config/requirements/
RUN .venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
    -r config/requirements/runtime.txt -r config/requirements/build.txt
COPY pyproject.toml LICENSE ./
COPY app app
COPY config config
RUN .venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-index --no-deps --no-build-isolation \
    --editable . \
    && .venv/bin/pip uninstall --yes --quiet flit_core pip \
    && .venv/bin/python -m compileall -q app

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /srv/sso-bridge --shell /usr/sbin/nologin bridge \
    && install --directory --owner=bridge --group=bridge --mode=700 /var/lib/sso-bridge
COPY --from=build /srv/sso-bridge /srv/sso-bridge
ENV PATH=/srv/sso-bridge/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SSO_BRIDGE_INSTANCE_DIR=/var/lib/sso-bridge
WORKDIR /srv/sso-bridge
USER bridge
VOLUME /var/lib/sso-bridge
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["sso-bridge"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
