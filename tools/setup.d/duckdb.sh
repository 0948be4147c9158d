#!/bin/bash
# Puts libduckdb.so and duckdb.h into build/deps/duckdb. Debian 12 has no DuckDB; npm ships its official library.
# Both tarballs are held to the sha512 below, whatever the registry says of itself; nothing inside them is run.
# Does nothing, at once, when the wanted version already stands there.
set -euo pipefail
cd "$(dirname "$0")/../.."

deps="${TILTH_DEPS_DIR:-build/deps}/duckdb"
case "$(uname -m)" in
  x86_64)
    library_package='@duckdb/node-bindings-linux-x64@1.4.4-r.1'
    library_sha512='fjYNc+t4/T7mhzZ57oJoIQaWvbYVvxhidcNNansQFiWnd6/JMLCULd4qnt8XI3Tt2BrZsraH690KSBIS3QPt0w==' ;;
  aarch64)
    library_package='@duckdb/node-bindings-linux-arm64@1.4.4-r.1'
    library_sha512='wq92/EcTiOTRW1RSDOwjeLyMMXWwNVNwU21TQdfu3sgS86+Ih3raaK68leDgY5cWgf72We3J2W7HYz8GwxcMYw==' ;;
  *) echo "duckdb: no library for this machine ($(uname -m))" >&2; exit 1 ;;
esac
header_package='duckdb@1.4.4'
header_sha512='hEJJ5hyVF0VLj3dmOLpsWrQR0b3d4Ykqtygm6iUXjHJDDnSqg/USKxcb5qvNrOhFYPgktayU6dXCtgPqcmmpog=='

stamp="$library_package $library_sha512 $header_package $header_sha512"
if [ -f "$deps/libduckdb.so" ] && [ -f "$deps/duckdb.h" ] && [ "$(cat "$deps/stamp" 2>/dev/null)" = "$stamp" ]; then
  exit 0
fi

mkdir -p "$deps"
work="$(mktemp -d "$deps/fetch.XXXXXX")"
trap 'rm -rf "$work"' EXIT

# fetch <package@version> <sha512, base64> <file>: the tarball as the registry serves it, checked.
fetch() {
  local folder="$work/$3.d" tarball actual
  mkdir "$folder"
  npm pack --ignore-scripts --silent --pack-destination "$folder" "$1" >/dev/null
  tarball="$(find "$folder" -name '*.tgz')"
  actual="$(openssl dgst -sha512 -binary "$tarball" | base64 -w0)"
  if [ "$actual" != "$2" ]; then
    echo "duckdb: $1 is not the tarball this project was built with (sha512 $actual)" >&2
    exit 1
  fi
  mv "$tarball" "$work/$3"
}

echo "duckdb: fetching $library_package and the header of $header_package"
fetch "$library_package" "$library_sha512" library.tgz
fetch "$header_package" "$header_sha512" header.tgz
tar -xmzf "$work/library.tgz" -C "$work" --strip-components=1 package/libduckdb.so
tar -xmzf "$work/header.tgz" -C "$work" --strip-components=5 package/src/duckdb/src/include/duckdb.h
mv -f "$work/libduckdb.so" "$work/duckdb.h" "$deps/"
printf '%s\n' "$stamp" > "$deps/stamp"
echo "duckdb: ready in $deps"
