# Aftertouch in a container: built in stages, run without root, read-only but for /data.

FROM node:22-bookworm-slim@sha256:43ac6c60b8f89723f746e8a92ce91abd5017e627ce1ddfe4238355d3a30b772c AS extension
WORKDIR /src
COPY extension/package.json extension/package-lock.json extension/
RUN npm ci --omit=dev --prefix extension
COPY extension extension
COPY app/reading/lexicon app/reading/lexicon
RUN npm run --silent build --prefix extension

FROM python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b AS python
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements-uv.lock requirements-postgres.lock ./
RUN python -m venv /opt/aftertouch \
 && /opt/aftertouch/bin/pip install --require-hashes -r requirements-uv.lock \
 && /opt/aftertouch/bin/uv pip install --python /opt/aftertouch --require-hashes -r requirements-postgres.lock
COPY pyproject.toml README.md ./
COPY app app
COPY connectors connectors
COPY --from=extension /src/app/web/static/built app/web/static/built
RUN /opt/aftertouch/bin/uv pip install --python /opt/aftertouch --no-deps --no-build-isolation . \
 && find /opt/aftertouch -path '*discovery_cache/documents/*' ! -name 'gmail.v1.json' -type f -delete

FROM python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b
RUN useradd --system --uid 10001 --home-dir /data aftertouch && install -d -o aftertouch -m 0700 /data
COPY --from=python /opt/aftertouch /opt/aftertouch
ENV PATH=/opt/aftertouch/bin:$PATH AFTERTOUCH_DATA_DIR=/data PYTHONDONTWRITEBYTECODE=1
USER aftertouch
VOLUME /data
EXPOSE 8025
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s CMD \
  ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8025/health', timeout=2)"]
ENTRYPOINT ["aftertouch"]
CMD ["serve", "--host", "0.0.0.0"]
