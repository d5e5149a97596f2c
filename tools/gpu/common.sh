# shellcheck shell=bash disable=SC2034,SC2154
# What tools/gpu/verify, tools/gpu/bench and tools/gpu/train share; they source it in the repository's root.

bundle=target/gpu
rehearsal=false
tool=$(basename "$0")
from=${from:-$PWD}
# The options that every tool has; a tool adds its own, with their defaults, before it calls parse.
declare -A option=([output]=${OUT:-$PWD/target/gpu-results} [kernels]='' [minutes]=10)

usage() { # MESSAGE
    echo "gpu/$tool: $1" >&2
    exit 2
}

parse() { # ARGUMENT...: to ${option[NAME]} and $rehearsal; sets $output, $kernels and $end
    local name
    while [ $# -gt 0 ]; do
        name=${1#--}
        case $1 in
            --rehearse) rehearsal=true ;;
            -h | --help)
                sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"
                exit 0
                ;;
            *)
                [ "$name" != "$1" ] && [ -n "${option[$name]+known}" ] ||
                    usage "unknown argument '$1'; there are --rehearse $(printf -- '--%s\n' "${!option[@]}" | sort | paste -sd ' ')"
                [ $# -ge 2 ] && [ -n "$2" ] || usage "--$name needs a value"
                option[$name]=$2
                shift
                ;;
        esac
        shift
    done
    case ${option[kernels]} in '' | compute_80) ;; *) usage "--kernels can be compute_80, got '${option[kernels]}'" ;; esac
    [[ ${option[minutes]} =~ ^[0-9]+(\.[0-9]+)?$ ]] || usage "--minutes needs a number, got '${option[minutes]}'"
    output=$(absolute "${option[output]}")
    end=$(awk "BEGIN { print int(60 * ${option[minutes]}) }")
}

absolute() { # a path as the caller means it
    case $1 in /*) echo "$1" ;; *) echo "$from/$1" ;; esac
}

unpack() { # FILE...: the bundle, which must have these files, to $work, a folder that goes away in the end
    local needed
    for needed in commit runtime.tar.gz lib "$@"; do
        [ -e "$bundle/$needed" ] || {
            echo "gpu/$tool: $bundle/$needed is missing; run tools/gpu/bundle where there is a JDK and bring $bundle along" >&2
            exit 1
        }
    done
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap interrupt TERM INT HUP
    mkdir -p "$output" "$work/logs" "$work/parts" || exit 1
    # Java unpacks natives here; what another run has left must not be used.
    export TMPDIR=$work LC_ALL=C.UTF-8
    # The driver keeps what it has compiled, by default below $HOME; else each process compiles all its kernels again.
    [ -w "${HOME:-/none}" ] || export CUDA_CACHE_PATH=$work/cuda-cache
    tar -xzf "$bundle/runtime.tar.gz" -C "$work" || exit 1
    gpu=$(gpu)
    use_kernels "${option[kernels]}"
}

# NAME: the kernels that Java loads from now on; empty for the device's own. Sets $kernels, $java and $main.
use_kernels() {
    kernels=$1
    # The largest heap is given: where a machine shows little of its memory at first, Java would take a part of that.
    java=("$work/runtime/bin/java" --add-modules jdk.incubator.vector -Xmx8g -XX:+UseParallelGC -Djava.awt.headless=true
        "-Djava.io.tmpdir=$work" ${kernels:+"-Djelectra.cuda.kernels=$kernels"})
    main=("${java[@]}" -cp "$bundle/lib/*" org.jelectra.cli.Main)
}

quoted() { # text as a JSON string
    printf '"%s"' "$(printf '%s' "$1" | tr -d '\000-\010\013-\037' | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/	/ /g' | tr '\n' ' ')"
}

gpu() {
    command -v nvidia-smi >/dev/null || { echo "no nvidia-smi"; return; }
    timeout 30 nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>&1 | head -n 1
}

write_results() {
    {
        printf '{\n  "commit": %s,\n  "rehearsal": %s,\n  "machine": %s,\n  "gpu": %s,\n  "parts": [\n' \
            "$(quoted "$(cat "$bundle/commit")")" "$rehearsal" "$(quoted "$(uname -srm), $(nproc) processors")" "$(quoted "$gpu")"
        paste -sd , <(cat "$work"/parts/*.json 2>/dev/null) | sed 's/},{/},\n{/g' | sed 's/^/    /'
        printf '  ]\n}\n'
    } >"$work/results.json" && cp "$work/results.json" "$output/results.json"
    # Everything else in one file, which is easily brought back.
    rm -rf "$work/measurements"
    mkdir "$work/measurements"
    find "$work/logs" "$work/run" -maxdepth 1 \( -name '*.json' -o -name '*.jsonl' -o -name '*.png' -o -name 'events.*' \) \
        -exec cp -t "$work/measurements" {} + 2>/dev/null
    tar -C "$work" -czf "$work/logs.tar.gz" logs measurements && cp "$work/logs.tar.gz" "$output/logs.tar.gz"
}

interrupted=false
running=
interrupt() { # on a signal: the part that runs ends, no other begins, and what there is stays
    interrupted=true
    [ -z "$running" ] || kill -TERM "$running" 2>/dev/null
}

number=0
failed=0
fallen_back=false
grace=5 # seconds that a command has to end when it is asked to
foreground=()
# part NAME SECONDS FUNCTION: runs it with a limit. It logs to standard output and writes facts as JSON members to $facts; the status
# 77 stands for "not available here", with the reason in $facts. Sets $outcome. What --minutes leaves no time for is left out; what it
# leaves less time for than the limit, and needs more, is cut short, which is no failure.
part() {
    local name=$1 limit=$2 begin status=0 extra cut=false
    [ "$limit" -le $((end - SECONDS)) ] || cut=true limit=$((end - SECONDS))
    number=$((number + 1))
    facts=$work/facts.$name
    : >"$facts"
    begin=$(date +%s%N)
    deadline=$((SECONDS + limit))
    if $interrupted || [ "$limit" -lt 3 ]; then
        outcome="left out"
        echo '"reason": "no time is left for it"' >"$facts"
    else
        # once: a program that is asked twice to end may drop what it has
        (trap 'trap "" TERM; kill $(jobs -p) 2>/dev/null' TERM; set -e; "$3") >"$work/logs/$name.log" 2>&1 &
        running=$!
        while kill -0 "$running" 2>/dev/null; do
            sleep 0.2
            [ $((SECONDS - ${written:=$SECONDS})) -lt 20 ] || { write_results; written=$SECONDS; }
        done
        wait "$running" || status=$?
        running=
        case $status in
            0) outcome=passed ;;
            77) outcome=unavailable ;;
            124 | 137) outcome="timed out" ;;
            *) outcome=failed ;;
        esac
        ! is_failure "$outcome" || ! $cut || [ "$SECONDS" -lt "$deadline" ] || outcome="cut short"
        $interrupted && outcome=interrupted
    fi
    is_failure "$outcome" && failed=$((failed + 1))
    [ -z "$kernels" ] || echo "\"kernels\": \"$kernels\"" >>"$facts"
    [ -z "${first:-}" ] || echo "\"default_kernels\": \"$first\"" >>"$facts"
    extra=$(paste -sd , "$facts")
    printf '{"part": "%s", "outcome": "%s", "status": %d, "seconds": %s, "limit_seconds": %d%s}\n' "$name" "$outcome" \
        "$status" "$(awk "BEGIN { printf \"%.1f\", ($(date +%s%N) - $begin) / 1e9 }")" "$limit" "${extra:+, $extra}" \
        >"$work/parts/$(printf %02d "$number").json"
    write_results
    echo "$name: $outcome${extra:+ ($extra)}"
    ! is_failure "$outcome" || tail -n 5 "$work/logs/$name.log" | sed 's/^/    /'
}

is_failure() { # OUTCOME
    case $1 in failed | "timed out" | interrupted) ;; *) return 1 ;; esac
}

general() { # as part, with the kernels that every device can run
    local before=$kernels
    use_kernels compute_80
    part "$@"
    use_kernels "$before"
}

# As part; one that fails runs again with the general kernels, and that outcome stands, beside the first in "default_kernels".
retried() {
    local first=
    part "$@"
    if is_failure "$outcome" && [ -z "$kernels" ] && ! $interrupted; then
        mv "$work/logs/$1.log" "$work/logs/$1-default-kernels.log"
        number=$((number - 1)) failed=$((failed - 1)) first=$outcome
        general "$@"
        [ "$outcome" != passed ] || fallen_back=true
    fi
}

# FIRST: where this outcome is a failure and that of the same part with the general kernels is not, these are used from now on.
fall_back() {
    is_failure "$1" && [ "$outcome" = passed ] || return 0
    failed=$((failed - 1)) fallen_back=true
    use_kernels compute_80
    echo "from here on with the general kernels (compute_80), because those of the device fail"
}

finish() { # ends the tool: 0 where nothing has failed, 3 where that needed the general kernels, else 1
    echo "results: $output/results.json, logs: $output/logs.tar.gz"
    [ "$failed" -eq 0 ] || exit 1
    ! $fallen_back || exit 3
    exit 0
}

start() { # a command in the background, within what is left of the part's time
    local left=$((deadline - SECONDS))
    timeout "${foreground[@]}" -k "$grace" "$((left > 0 ? left : 1))" "$@" &
}

await() { # PROCESS: its status; a signal that comes meanwhile is handled, and waiting goes on
    local status
    while :; do
        status=0
        wait "$1" || status=$?
        [ "$status" -gt 128 ] && kill -0 "$1" 2>/dev/null || return $status
    done
}

limited() { # a command, within what is left of the part's time
    [ $((deadline - SECONDS)) -gt 0 ] || return 124
    start "$@"
    await $!
}

pretrain() { # NAME BACKEND OPTIONS...: a short run on $data, else the bundle's corpus, in $work/NAME
    local name=$1 on=$2
    shift 2
    rm -rf "${work:?}/$name"
    limited "${main[@]}" pretrain --data "${data:-$bundle/corpus}" --output "$work/$name" --backend "$on" --snapshot-minutes 0 \
        --eval-every 1000000 --eval-sequences 32 --seed 3 "$@"
}

# For awk: a member of the JSON object on the line, without its quotes; empty where there is none.
# shellcheck disable=SC2016
field='
    function field(key) {
        return match($0, "\"" key "\": *(\"[^\"]*\"|[-0-9.eE+]+)") ? bare(substr($0, RSTART, RLENGTH)) : ""
    }
    function bare(text) { sub(/^"[^"]*": */, "", text); gsub(/"/, "", text); return text }
    function apart(a, b) { a = a / b - 1; return a < 0 ? -a : a }'
