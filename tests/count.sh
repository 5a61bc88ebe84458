# What tests of translated code share: passed and failed, counted. Sourced, not
# run.
# shellcheck shell=sh

passed=0 failed=0

# count STATUS WHAT FILE...: where the status is not 0, what the files begin with.
count()
{
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED   $2"
        shift 2
        head -n 6 "$@"
    fi
}
