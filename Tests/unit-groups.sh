# The unit tests in groups that don't disturb each other. Sourced by run and instrumented.

# What only computes runs by itself: it would keep the processors from tests that hold calls to their time limits. So do
# those of `launch`, which start programs and wait for them.
computing='ServiceModelTests|IPVSTests|AddressesTests|DaemonWorldTests|HerdTests'
programs=LaunchTests
groups=("--filter $computing" "--filter $programs" "--skip $computing|$programs")

# Runs the groups that are built; prints failures, and calls `group_ended NUMBER` with the number of tests of each group that
# passed, or 0 when it failed.
run_groups() { # LOG [OPTIONS OF swift test]
    local selection ran log=$1
    shift
    for selection in "${groups[@]}"; do
        # shellcheck disable=SC2086
        if swift test --skip-build --experimental-maximum-parallelization-width 16 "$@" $selection 2>&1 | tee "$log" |
            grep --line-buffered -E '^✘|^✔ Test run|^✘ Test run|rror:|WARNING: ThreadSanitizer|ERROR: AddressSanitizer'; then :; fi
        if ran=$(grep -oE '✔ Test run with [0-9]+ tests' "$log" | grep -oE '[0-9]+'); then
            group_ended "$ran"
        else
            echo "the test run failed; its end was:"
            tail -30 "$log"
            group_ended 0
        fi
    done
}
