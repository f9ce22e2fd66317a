#!/bin/sh
# The entrypoint of the container. Without arguments, or with options, it runs the server with passwords and access
# control; with other arguments it runs them as a command, for example `torc-htpasswd add -f /data/htpasswd ann`.
set -eu

case "${1:--}" in
-*) ;;
*) exec "$@" ;;
esac

fail() {
    echo "Error: $1" >&2
    exit 1
}

# Checked here, so that a container without them does not become a server that accepts every caller.
[ -n "${TORC_AUTH_FILE:-}" ] ||
    fail "TORC_AUTH_FILE is not set. Mount a password file (torc-htpasswd makes one), and set TORC_AUTH_FILE to its path."
[ -r "$TORC_AUTH_FILE" ] ||
    fail "TORC_AUTH_FILE is $TORC_AUTH_FILE, which user $(id -u) cannot read. Mount the file there, readable for this user."
[ -n "${TORC_ADMIN_USERS:-}" ] ||
    fail "TORC_ADMIN_USERS is not set. Set it to the names of the system administrators, separated by commas."

port=${TORC_PORT:-8080}
database=${TORC_DATABASE:-/data/torc.db}
threads=${TORC_THREADS:-4}
level=${TORC_LOG_LEVEL:-info}
folder=${TORC_LOG_DIR:-}
# The server knows these settings by other names, and refuses neither these nor others of the environment.
unset TORC_LOG_DIR

set -- --host 0.0.0.0 --port "$port" --database "$database" --threads "$threads" --log-level "$level" \
    --auth-file "$TORC_AUTH_FILE" --require-auth --enforce-access-control "$@"
[ -z "$folder" ] || set -- "$@" --log-dir "$folder"
exec torc-server run "$@"
