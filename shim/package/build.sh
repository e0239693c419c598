#!/usr/bin/env bash
# Builds artifacts/package on a Mac: the package for both architectures, the profiles, the uninstaller and their checksums.
#
#   PRESTAGE_TEAM_ID                Apple team id of the two identities below; without it nothing is signed, for tests on one's own Mac
#   PRESTAGE_APPLICATION_IDENTITY   such as "Developer ID Application: Example Inc (ABCDE12345)"
#   PRESTAGE_INSTALLER_IDENTITY     such as "Developer ID Installer: Example Inc (ABCDE12345)"
#   PRESTAGE_NOTARY_PROFILE         optional: notarytool's keychain profile; needed only where people open the package by hand
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly label=io.prestage.enroll
readonly files=shim/package/files
readonly target=artifacts/package
readonly team=${PRESTAGE_TEAM_ID:-}

say() { printf '%s\n' "$*" >&2; }
fail() { say "build.sh: $*"; exit 1; }

[ "$(uname -s)" = Darwin ] || fail "a Mac is needed: pkgbuild, productbuild and codesign are Apple's"
if [ -n "$team" ]; then
  [[ $team =~ ^[A-Z0-9]{10}$ ]] || fail "PRESTAGE_TEAM_ID must be ten capital letters and digits"
  [ -n "${PRESTAGE_APPLICATION_IDENTITY:-}" ] || fail "PRESTAGE_APPLICATION_IDENTITY is missing"
  [ -n "${PRESTAGE_INSTALLER_IDENTITY:-}" ] || fail "PRESTAGE_INSTALLER_IDENTITY is missing"
else
  say "Nothing is signed: MDMs refuse such a package, and no privacy grant fits it."
fi

version=$(dotnet msbuild shim/shim.csproj -getProperty:Version)
rm -rf "$target"
mkdir -p "$target/root/opt/prestage" "$target/root/Library/LaunchDaemons"

# One file for each architecture: lipo would cut off what .NET appends to a single file.
for architecture in arm64 x64; do
  ./dev publish-shim "osx-$architecture" >&2
  program=$target/root/opt/prestage/prestage-$architecture
  cp "artifacts/publish/shim/osx-$architecture/prestage" "$program"
  if [ -n "$team" ]; then
    codesign --force --timestamp --options runtime --entitlements shim/package/entitlements.plist \
      --identifier "$label" --sign "$PRESTAGE_APPLICATION_IDENTITY" "$program"
  else
    codesign --force --identifier "$label" --sign - "$program"
  fi
  codesign --verify --strict --verbose "$program"
  chmod 755 "$program"
done

cp "$files/$label.plist" "$target/root/Library/LaunchDaemons/"
plutil -lint "$target/root/Library/LaunchDaemons/$label.plist" >&2
chmod 644 "$target/root/Library/LaunchDaemons/$label.plist"

pkgbuild --root "$target/root" --scripts shim/package/scripts --identifier "$label" --version "$version" \
  --ownership recommended --install-location / "$target/prestage-component.pkg" >&2
product=$target/prestage-$version.pkg
if [ -n "$team" ]; then
  productbuild --distribution "$files/distribution.xml" --package-path "$target" --sign "$PRESTAGE_INSTALLER_IDENTITY" "$product" >&2
  pkgutil --check-signature "$product" | grep -F "($team)" >&2 || fail "the package is not signed by $team"
else
  product=$target/prestage-$version-unsigned.pkg
  productbuild --distribution "$files/distribution.xml" --package-path "$target" "$product" >&2
fi

if [ -n "$team" ] && [ -n "${PRESTAGE_NOTARY_PROFILE:-}" ]; then
  xcrun notarytool submit "$product" --keychain-profile "$PRESTAGE_NOTARY_PROFILE" --wait >&2
  xcrun stapler staple "$product" >&2
fi

if [ -n "$team" ]; then
  ./dev profiles "$team" >&2
  cp artifacts/profiles/"$files"/*.mobileconfig "$target/"
else
  cp "$files"/*.mobileconfig "$target/"
fi
cp "$files/$label.manifest.plist" "$files/$label.schema.json" "$target/"
cp shim/package/uninstall.sh "$target/"

rm -rf "$target/root" "$target/prestage-component.pkg"
# A release has no folders: whoever downloads everything can check it with shasum -c.
(cd "$target" && shasum -a 256 -- *.pkg *.mobileconfig *.plist *.json uninstall.sh >SHA256SUMS && shasum -a 256 --check SHA256SUMS >&2)
say "Done: $product"
