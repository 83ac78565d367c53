#!/bin/bash
# Compares the IPVS library with a real kernel and with ipvsadm, and its speed with `ipvsadm -R`.
#
#   make tools && TEST_TOOLS=$PWD/.build/tools HOST_NO_PACKAGE=1 Tests/Host/run Tests/Host/ipvs.test.sh
. "$(dirname "$0")/lib/checks.sh"

# If the package is installed, its daemon would find a kernel without IPVS here.
systemctl stop service-managerd 2>/dev/null
install -m 755 /mnt/tools/ipvs-check /tmp/ipvs-check
modprobe ip_vs

# Each ends with a line "N checks, M failures"; without it, it didn't finish.
take() { # COMMAND...
    local checks failed
    "$@" | tee /tmp/report
    read -r checks _ failed _ < <(grep -E '^[0-9]+ checks, [0-9]+ failures$' /tmp/report || echo "1 checks, 1 failures")
    passed=$((passed + checks - failed))
    failures=$((failures + failed))
}
take setpriv --reuid nobody --regid nogroup --clear-groups /tmp/ipvs-check unprivileged
take /tmp/ipvs-check check
# 5,000 operations at least five times as fast as `ipvsadm -R`, by the medians of alternating rounds.
take /tmp/ipvs-check benchmark
finish
