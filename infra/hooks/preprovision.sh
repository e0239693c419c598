#!/bin/sh
# A budget's first month cannot be changed once it exists: it is chosen once and kept in the azd environment.
set -eu
[ -n "${PRESTAGE_BUDGET_START:-}" ] || azd env set PRESTAGE_BUDGET_START "$(date -u +%Y-%m-01)"
