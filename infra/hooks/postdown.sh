#!/bin/sh
# The budget went with its resource group: the next one begins in its own month.
set -eu
azd env set PRESTAGE_BUDGET_START ""
