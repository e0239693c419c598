#!/bin/sh
# What must be so before the templates run.
set -eu

say() { printf '%s\n' "$*" >&2; }

# A budget's first month cannot be changed once it exists: it is chosen when the first budget is made, and kept in the azd environment until azd down.
mails=$(printf '%s' "${PRESTAGE_ALERT_EMAILS:-}" | tr -d ', ')
if [ -n "$mails" ] && [ "${PRESTAGE_BUDGET_AMOUNT:-50}" -gt 0 ] && [ -z "${PRESTAGE_BUDGET_START:-}" ]; then
  azd env set PRESTAGE_BUDGET_START "$(date -u +%Y-%m-01)"
fi

register() {
  [ -n "${AZURE_SUBSCRIPTION_ID:-}" ] && command -v az >/dev/null && say 'Registering the provider Microsoft.App, which may take minutes …' &&
    az provider register --namespace Microsoft.App --wait --subscription "$AZURE_SUBSCRIPTION_ID"
}

# The app's subnet is delegated to a provider that none of our resources would register. Somebody else may have done so: no reason to stop.
if [ "${PRESTAGE_PRIVATE_NETWORK:-false}" = true ]; then
  register ||
    say 'The private network needs the provider Microsoft.App: unless it is registered already, run  az provider register --namespace Microsoft.App --wait'
fi
