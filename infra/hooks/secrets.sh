#!/bin/sh
# Places the vault's secrets. They go from keyboard, pipe or random source through a pipe to curl: never to disk, arguments or environment.
#   secrets.sh             asks for, or makes, what the vault lacks (azd runs this after provisioning)
#   secrets.sh set NAME    stores a new version: asked for in a terminal, else the one line on stdin
#   secrets.sh rotate event-key | device-key    makes a new key; the old one stays valid beside it
set -eu
export LC_ALL=C

vault=${PRESTAGE_VAULT_URI:-}
wait_seconds=${PRESTAGE_ROLE_WAIT_SECONDS:-15}

say() { printf '%s\n' "$*" >&2; }

fail() { say "secrets: $*"; exit 1; }

# Calls the vault about secret $1; stdin has further lines for curl. All by curl's config on stdin: every process can read arguments.
call() {
  token=$(azd auth token --scope https://vault.azure.net/.default) || fail "azd gives no token for the vault: run  azd auth login"
  {
    printf 'url = "%ssecrets/%s?api-version=7.4"\n' "$vault" "$1"
    printf 'header = "Authorization: Bearer %s"\n' "$token"
    cat
  } | curl --silent --show-error --max-time 30 --config -
}

# The status of a read of secret $1. A new role takes minutes to be known everywhere, so 403 is asked again for a while.
status() {
  left=20
  while :; do
    code=$(printf 'output = "/dev/null"\nwrite-out = "%%{http_code}"\n' | call "$1") || fail "the vault at $vault does not answer"
    if [ "$code" != 403 ] || [ "$left" -eq 0 ]; then break; fi
    [ "$left" -lt 20 ] || say "The vault does not know your role yet; waiting …"
    left=$((left - 1))
    sleep "$wait_seconds"
  done
  printf '%s\n' "$code"
}

escape() { sed 's/[\\"]/\\&/g'; }

# Stores the one line on stdin as the newest version of secret $1.
store() {
  IFS= read -r value || [ -n "$value" ] || fail "$1 must not be empty"
  body=$(printf '{"value":"%s","contentType":"text/plain"}' "$(printf '%s' "$value" | escape)" | escape)
  code=$(printf 'request = "PUT"\nheader = "Content-Type: application/json"\ndata = "%s"\noutput = "/dev/null"\nwrite-out = "%%{http_code}"\n' "$body" | call "$1") ||
    fail "the vault at $vault does not answer"
  [ "$code" = 200 ] || fail "the vault answered $code when $1 was to be stored"
  say "$1 is stored."
}

# The present value of secret $1: base64, of which JSON may escape + and /.
present() {
  value=$(call "$1" </dev/null | sed -n 's/.*"value" *: *"\([^"]*\)".*/\1/p' | sed 's/\\u002[Bb]/+/g; s/\\u002[Ff]/\//g; s/\\\//\//g')
  [ -n "$value" ] || fail "$1 is not in the vault, or cannot be read: there is nothing to rotate"
  printf '%s\n' "$value"
}

make() { head -c 32 /dev/urandom | base64; }

what() {
  case $1 in
    jumpcloud-api-key) say 'JumpCloud: an API key of an administrator.' ;;
    jumpcloud-client-id) say 'JumpCloud: the client id of the service account.' ;;
    jumpcloud-client-secret) say 'JumpCloud: a client secret of the service account.' ;;
  esac
}

# One line from the keyboard, not shown, not even what is typed as the question appears.
ask() {
  trap 'stty echo' EXIT
  trap 'exit 130' INT TERM
  stty -echo
  what "$1"
  printf '%s: ' "$1" >&2
  IFS= read -r answer || answer=
  stty echo
  trap - EXIT INT TERM
  say ''
  printf '%s\n' "$answer"
}

put() {
  if [ -t 0 ]; then value=$(ask "$1"); else IFS= read -r value || [ -n "$value" ] || fail "$1 must not be empty"; fi
  case $value in
    '') fail "$1 must not be empty" ;;
    *[!\ -~]*) fail "$1 must be printable ASCII, on one line" ;;
  esac
  printf '%s\n' "$value" | store "$1"
}

# Places secret $1 unless the vault has it: asked for, or made where $2 is make.
need() {
  code=$(status "$1")
  case $code in
    200) ;;
    404)
      if [ "$2" = make ]; then
        make | store "$1"
      else
        [ -t 0 ] || fail "$1 is not in the vault, and nobody is there to be asked: give it to  sh infra/hooks/secrets.sh set $1"
        put "$1"
      fi
      ;;
    403) fail "the vault refuses you (403): you need the role Key Vault Secrets Officer on it, and its network must let you in" ;;
    *) fail "the vault answered $code when $1 was read" ;;
  esac
}

case $vault in
  https://*/) ;;
  *) fail "PRESTAGE_VAULT_URI must be https://<name>.vault.azure.net/: azd provision sets it; in a shell of your own  eval \"\$(azd env get-values)\"; export PRESTAGE_VAULT_URI" ;;
esac
command -v curl >/dev/null || fail "curl is missing"
case ${1:-} in
  '')
    if [ "${PRESTAGE_JUMPCLOUD_AUTH:-}" = serviceAccount ]; then
      need jumpcloud-client-id ask
      need jumpcloud-client-secret ask
    else
      need jumpcloud-api-key ask
    fi
    need event-key make
    [ "${PRESTAGE_DEVICE_TRUST:-}" != record ] || need device-key make
    ;;
  set) put "${2:?the name of the secret is missing}" ;;
  rotate)
    case ${2:-} in
      # The newest key seals; the older ones behind it still check what they have sealed.
      event-key) old=$(present event-key) && new=$(make) && printf '%s %s\n' "$new" "$old" | store event-key ;;
      device-key) old=$(present device-key) && printf '%s\n' "$old" | store device-key-previous && make | store device-key ;;
      *) fail "only event-key and device-key are made here; for the others make a new one at JumpCloud, then  secrets.sh set NAME" ;;
    esac
    ;;
  *) fail "there is no command '$1': nothing, set NAME, or rotate event-key | device-key" ;;
esac
