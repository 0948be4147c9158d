# Sourced: npm_tarball PACKAGE@VERSION SHA512_BASE64 FILE — the package's tarball as the registry serves it, held to the
# hash written here, whatever the registry says of itself; nothing inside it is run.
npm_tarball() {
  local folder tarball actual
  folder="$(mktemp -d "${3%/*}/fetch.XXXXXX")"
  if npm pack --ignore-scripts --silent --pack-destination "$folder" "$1" > /dev/null &&
     tarball="$(find "$folder" -name '*.tgz')" && actual="$(openssl dgst -sha512 -binary "$tarball" | base64 -w0)"; then
    if [ "$actual" = "$2" ]; then
      mv "$tarball" "$3"
      rm -rf "$folder"
      return 0
    fi
    echo "$1 is not the tarball this project was made with (sha512 $actual)" >&2
  fi
  rm -rf "$folder"
  return 1
}
