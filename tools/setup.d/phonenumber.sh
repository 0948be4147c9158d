#!/bin/bash
# Puts libphonenumber's headers and a link name for its library into build/deps/phonenumber.
# Debian's libphonenumber-dev pulls in the development files of Boost 1.74, which cannot stand beside 1.81; its headers
# need none of them, only those of libabsl-dev and libprotobuf-dev. So the package is unpacked here instead of
# installed; the library itself (libphonenumber8) and those two come from apt in the ordinary way.
# Does nothing when the installed version already stands there.
set -euo pipefail
cd "$(dirname "$0")/../.."

deps="${TILTH_DEPS_DIR:-build/deps}/phonenumber"
version="$(dpkg-query -W -f '${Version}' libphonenumber8)"
if [ -f "$deps/include/phonenumbers/phonenumberutil.h" ] && [ -e "$deps/lib/libphonenumber.so" ] &&
   [ "$(cat "$deps/stamp" 2>/dev/null)" = "$version" ]; then
  exit 0
fi

library="$(dpkg-query -L libphonenumber8 | grep '/libphonenumber\.so\.8$')"
mkdir -p "$deps"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# Headers and library must be of one version; apt checks the package's signature and hash.
(cd "$work" && apt-get download -qq -o APT::Sandbox::User=root "libphonenumber-dev=$version")
dpkg-deb -x "$work"/libphonenumber-dev_*.deb "$work/unpacked"
rm -rf "$deps/include" "$deps/lib"
mkdir -p "$deps/include" "$deps/lib"
cp -r "$work/unpacked/usr/include/phonenumbers" "$deps/include/"
ln -s "$library" "$deps/lib/libphonenumber.so"
printf '%s\n' "$version" > "$deps/stamp"
echo "phonenumber: headers of $version in $deps"
