#!/bin/bash
# For an MDM: removes Prestage from a Mac, also where the program itself is gone. Options go to prestage uninstall (--force).
set -euo pipefail

readonly root=${PRESTAGE_ROOT:-}
readonly label=io.prestage.enroll
readonly windows="$root/Library/Application Support/Prestage Window"

if [ -x "$root/opt/prestage/prestage" ]; then
  exec "$root/opt/prestage/prestage" uninstall "$@"
fi

rm -f "$root/Library/LaunchDaemons/$label.plist"

# The job is asked to end, and takes away what it handed to the agent's installer; a killed one could not.
if "$root/bin/launchctl" bootout "system/$label" 2>/dev/null; then
  for _ in {1..150}; do
    "$root/bin/launchctl" print "system/$label" >/dev/null 2>&1 || break
    sleep 0.2
  done
fi
rm -f "$root/opt/jc/agentBootstrap.json"{,.new} "$root/var/run/JumpCloud-SecureToken-Creds.txt"{,.new}

# A window that was left to be read.
for commands in "$windows"/*.commands; do
  if [ -f "$commands" ]; then
    echo "quit:" >>"$commands"
    sleep 0.5
  fi
done
rm -rf "$root/Library/Application Support/Prestage" "$windows" "$root/opt/prestage"
"$root/usr/sbin/pkgutil" --forget "$label" 2>/dev/null || true
echo "Prestage is not on this Mac any more. The log stays: $root/Library/Logs/Prestage/prestage.log"
