#!/bin/sh
# A budget's first month cannot be changed once it exists: it is chosen when the first budget is made, and kept in the azd environment until azd down.
set -eu
mails=$(printf '%s' "${PRESTAGE_ALERT_EMAILS:-}" | tr -d ', ')
if [ -n "$mails" ] && [ "${PRESTAGE_BUDGET_AMOUNT:-50}" -gt 0 ] && [ -z "${PRESTAGE_BUDGET_START:-}" ]; then
  azd env set PRESTAGE_BUDGET_START "$(date -u +%Y-%m-01)"
fi
