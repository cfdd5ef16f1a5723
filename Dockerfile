# The laptop's whole loop for who prefers a container, on x86_64 and ARM: `docker compose up --build`, see compose.yaml.
# The jobs' image on AWS is another one: seedcode/Dockerfile, which also says where this digest comes from. It is that of
# the list of all architectures.
FROM public.ecr.aws/docker/library/python:3.11.17-slim-trixie@sha256:0dd364ba7e10242f07755449e3a3d0e35f9efd987952737b90def6709ab0c5ce AS wheel
WORKDIR /checkout
COPY requirements/packaging.lock /tmp/packaging.lock
RUN python3 -m pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement /tmp/packaging.lock
COPY . /checkout
RUN python3 -m pip wheel --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir /wheel /checkout /checkout/distributions/localaws

FROM public.ecr.aws/docker/library/python:3.11.17-slim-trixie@sha256:0dd364ba7e10242f07755449e3a3d0e35f9efd987952737b90def6709ab0c5ce
# git is for pushes to the local repository, socat for the port, libgomp1 and libquadmath0 for MXNet's library. Versions
# are not pinned, as Debian takes old ones off its mirrors; the digest fixes the release that they come from.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get upgrade --yes \
    && apt-get install --yes --no-install-recommends git libgomp1 libquadmath0 socat \
    && rm -rf /var/lib/apt/lists/*

COPY requirements/laptop.lock /tmp/laptop.lock
RUN python3 -m pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement /tmp/laptop.lock
COPY --from=wheel /wheel /tmp/wheel
RUN python3 -m pip install --no-cache-dir --disable-pip-version-check --no-deps --no-index /tmp/wheel/*.whl
COPY requirements/in-container.sh /usr/local/bin/in-container

# The state is in /work/.scones, its owner's alone.
RUN useradd --create-home --uid 1000 scones && install --directory --owner scones /work
USER 1000
WORKDIR /work
VOLUME /work
ENV OMP_NUM_THREADS=1 PYTHONUNBUFFERED=1 SAGEMAKER_SUPPRESS_V2_WARNING=1 SCONES_CONSOLE_PORT=4580
EXPOSE 4567 4581

# No HEALTHCHECK: the container ends when its local AWS does, and asking it would start a Python each time.
ENTRYPOINT ["in-container"]
CMD ["up"]
