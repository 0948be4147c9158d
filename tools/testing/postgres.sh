#!/bin/bash
# A private PostgreSQL 15 cluster for tests, on a Unix socket only.
#
#   tools/testing/postgres.sh start DIR [--no-fsync]   makes (or starts again) the cluster in DIR and prints its URI
#   tools/testing/postgres.sh stop DIR                 stops it; the files stay, the caller removes DIR
#
# Called by root it runs as the user postgres, else as the caller. The superuser is postgres, the database tilth_test
# (UTF8, C.UTF-8). Standard output carries the URI and nothing else.
set -euo pipefail

readonly bin=${TILTH_POSTGRES_BIN:-/usr/lib/postgresql/15/bin}

fail() { echo "postgres.sh: $*" >&2; exit 1; }
usage() { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }

as_owner() {
  # From / because the owner may not enter the caller's directory.
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

quietly() {  # Runs a command; shows what it said only when it fails.
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then cat "$log" >&2; rm -f "$log"; return 1; fi
  rm -f "$log"
}

# A socket's path holds at most 107 bytes, so it does not stand in DIR but in a short directory that DIR names.
socket_directory() {
  if [ -f "$dir/socket_directory" ] && [ -d "$(cat "$dir/socket_directory")" ]; then
    cat "$dir/socket_directory"
    return
  fi
  local made
  made=$(mktemp -d /tmp/tilth-pg.XXXXXX)
  if [ "$(id -u)" = 0 ]; then chown postgres: "$made"; fi
  echo "$made" >"$dir/socket_directory"
  echo "$made"
}

running() { [ -f "$dir/data/postmaster.pid" ] && as_owner "$bin/pg_ctl" -D "$dir/data" status >/dev/null 2>&1; }

create() {
  quietly as_owner "$bin/initdb" -D "$dir/data" -U postgres --locale=C.UTF-8 --encoding=UTF8 --auth=trust \
    --no-instructions || fail "initdb failed"
  cat >>"$dir/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = 128MB
max_wal_size = 1GB
logging_collector = off
CONF
}

start() {
  [ -x "$bin/initdb" ] || fail "PostgreSQL 15 is not installed (looked in $bin)"
  mkdir -p "$dir"
  if [ "$(id -u)" = 0 ]; then chown postgres: "$dir"; fi
  as_owner test -w "$dir" || fail "the user that runs PostgreSQL cannot reach $dir"
  local socket
  socket=$(socket_directory)
  [ -f "$dir/data/PG_VERSION" ] || create
  if ! running; then
    quietly as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w -t 60 \
      -o "-c unix_socket_directories='$socket' -c fsync=$fsync" start || fail "no start, see $dir/server.log"
  fi
  local there
  there=$(as_owner "$bin/psql" -h "$socket" -U postgres -d postgres -Atc \
    "SELECT count(*) FROM pg_database WHERE datname = 'tilth_test'")
  if [ "$there" = 0 ]; then
    quietly as_owner "$bin/createdb" -h "$socket" -U postgres -T template0 -E UTF8 --locale=C.UTF-8 tilth_test \
      || fail "the database cannot be made"
  fi
  echo "postgres://postgres@${socket//\//%2F}/tilth_test"
}

stop() {
  if running; then quietly as_owner "$bin/pg_ctl" -D "$dir/data" -m fast -w -t 60 stop || fail "no stop"; fi
  if [ -f "$dir/socket_directory" ]; then
    rmdir "$(cat "$dir/socket_directory")" 2>/dev/null || true
    rm -f "$dir/socket_directory"
  fi
}

[ $# -ge 2 ] || usage
command=$1
dir=$(realpath -m "$2")
fsync=on
case "${3:-}" in
  --no-fsync) fsync=off ;;
  '') ;;
  *) usage ;;
esac
case "$command" in
  start) start ;;
  stop) stop ;;
  *) usage ;;
esac
