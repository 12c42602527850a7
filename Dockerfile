# Two stages: the first installs the pinned, hashed packages into a prefix of its own, the second
# has Python and that prefix. tests/test_dockerfile.py runs the same steps where there is no engine.
ARG PYTHON=3.11

FROM docker.io/library/python:${PYTHON}-slim AS build
WORKDIR /build
COPY requirements/runtime.txt requirements/build.txt requirements/
RUN python -m venv /opt/authz-sidecar \
 && python -m venv /opt/builder \
 && /opt/authz-sidecar/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt \
 && /opt/builder/bin/pip install --no-cache-dir --require-hashes -r requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY authz_sidecar authz_sidecar
RUN /opt/builder/bin/python -m hatchling build -t wheel -d /build/dist \
 && /opt/authz-sidecar/bin/pip install --no-cache-dir --no-deps --no-index dist/*.whl \
 && /opt/authz-sidecar/bin/python -m compileall -q /opt/authz-sidecar/lib

FROM docker.io/library/python:${PYTHON}-slim
LABEL org.opencontainers.image.title="authz-sidecar" \
      org.opencontainers.image.description="Forward-auth for Stytch: sessions, MFA and step-up" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/authz-sidecar /opt/authz-sidecar
COPY config/sidecar.yaml config/policy.yaml /etc/authz-sidecar/
ENV PATH=/opt/authz-sidecar/bin:$PATH PYTHONDONTWRITEBYTECODE=1
# A number, so that Kubernetes' runAsNonRoot can tell. Nothing is written: a read-only root works.
USER 65532:65532
EXPOSE 9000 9001
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s \
  CMD ["authz-sidecar", "healthcheck", "--settings", "/etc/authz-sidecar/sidecar.yaml"]
ENTRYPOINT ["authz-sidecar"]
CMD ["serve", "--settings", "/etc/authz-sidecar/sidecar.yaml"]
