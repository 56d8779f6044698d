#!/bin/sh
# Begins the container's command. Docker starts a container again after every code but 0: where a run ended with what a
# person has to see (a loss limit, a liquidation, a position that is left, …), the code is told here and becomes 0.
set -u

# Everything else than a run is asked by a person, at a terminal.
[ "${1-}" = run ] || exec connector "$@"

# Before the start, lest a signal in between end this shell alone.
trap '[ -z "${!-}" ] || kill -TERM "$!"' TERM INT
connector "$@" <&0 &
child=$!

# A signal ends the waiting, not the bot: it is waited for again.
code=0
wait "$child" || code=$?
while kill -0 "$child" 2>/dev/null; do
    code=0
    wait "$child" || code=$?
done

case "$code" in
    2 | 3 | 4 | 6 | 8 | 9 | 10 | 11 | 12 | 13)
        echo "the run ended with code $code: a person has to look at it, so the container is not started again" >&2
        exit 0
        ;;
esac
exit "$code"
