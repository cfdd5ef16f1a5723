#!/bin/sh
# What the container of the root Dockerfile runs: `up`, until it is stopped, or any other command of `scones`.
# The local AWS and the page listen on 127.0.0.1, which in a container nobody outside reaches. So socat listens on the
# container's own address, at ports of their own, and compose.yaml publishes these on the machine's 127.0.0.1. Who comes
# that way needs the access key as everybody does; the Host header is the machine's own, and is looked at as ever.
set -eu
if [ "$*" != up ]; then
    exec scones "$@"
fi
socat TCP-LISTEN:4567,fork,reuseaddr TCP:127.0.0.1:4566 &
socat TCP-LISTEN:4581,fork,reuseaddr "TCP:127.0.0.1:$SCONES_CONSOLE_PORT" &
trap 'scones down; exit 0' TERM INT
scones up
while kill -0 "$(cat .scones/localaws.pid)" 2>/dev/null; do
    sleep 1 &
    wait "$!"
done
echo "The local AWS has ended; see .scones/localaws.log." >&2
exit 1
