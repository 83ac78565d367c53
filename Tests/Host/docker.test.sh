#!/bin/bash
# Tests our client of the Docker Engine API with the test host's real engine and registries.
#
#   make tools && TEST_TOOLS=$PWD/.build/tools HOST_NO_PACKAGE=1 Tests/Host/run Tests/Host/docker.test.sh
. "$(dirname "$0")/lib/checks.sh"

systemctl start docker-registry docker-registry-private
for port in 5000 5001; do
    for _ in $(seq 100); do
        curl --silent --output /dev/null "http://127.0.0.1:$port/v2/" && break
        sleep 0.2
    done
done

at_most 300 /mnt/tools/docker-check | tee /tmp/report
# It ends with the line "N checks, M failures"; without that line it didn't finish.
read -r checks _ failed _ < <(grep -E '^[0-9]+ checks, [0-9]+ failures$' /tmp/report || echo "1 checks, 1 failures")
passed=$((passed + checks - failed))
failures=$((failures + failed))
finish
