# shellcheck shell=bash disable=SC2034,SC2154
# What tools/gpu/verify and tools/gpu/bench share; both source it in the repository's root. Sets $bundle, $work, $java and $main,
# reads $output and $rehearsal.

bundle=target/gpu

unpack() { # TOOL FILE...: the bundle, which must have these files, to $work, a folder that goes away in the end
    local tool=$1 needed
    shift
    for needed in "$@"; do
        [ -e "$bundle/$needed" ] || {
            echo "gpu/$tool: $bundle/$needed is missing; run tools/gpu/bundle where there is a JDK and bring $bundle along" >&2
            exit 1
        }
    done
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    mkdir -p "$output" "$work/logs" "$work/parts" || exit 1
    # Java unpacks natives here; what another run has left must not be used.
    export TMPDIR=$work LC_ALL=C.UTF-8
    # The driver keeps what it has compiled, by default below $HOME; else each process compiles all its kernels again.
    [ -w "${HOME:-/none}" ] || export CUDA_CACHE_PATH=$work/cuda-cache
    tar -xzf "$bundle/runtime.tar.gz" -C "$work" || exit 1
    # The largest heap is given: where a machine shows little of its memory at first, Java would take a part of that.
    java=("$work/runtime/bin/java" --add-modules jdk.incubator.vector -Xmx8g -XX:+UseParallelGC -Djava.awt.headless=true
        "-Djava.io.tmpdir=$work")
    main=("${java[@]}" -cp "$bundle/lib/*" org.jelectra.cli.Main)
}

quoted() { # text as a JSON string
    printf '"%s"' "$(printf '%s' "$1" | tr -d '\000-\010\013-\037' | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/	/ /g' | tr '\n' ' ')"
}

gpu() {
    command -v nvidia-smi >/dev/null || { echo "no nvidia-smi"; return; }
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>&1 | head -n 1
}

write_results() {
    {
        printf '{\n  "commit": %s,\n  "rehearsal": %s,\n  "machine": %s,\n  "gpu": %s,\n  "parts": [\n' \
            "$(quoted "$(cat "$bundle/commit")")" "$rehearsal" \
            "$(quoted "$(uname -srm), $(nproc) processors")" \
            "$(quoted "$(gpu)")"
        paste -sd , <(cat "$work"/parts/*.json 2>/dev/null) | sed 's/},{/},\n{/g' | sed 's/^/    /'
        printf '  ]\n}\n'
    } >"$work/results.json" && cp "$work/results.json" "$output/results.json"
    # Everything else in one file, which is easily brought back.
    rm -rf "$work/measurements"
    mkdir "$work/measurements"
    find "$work/logs" -name '*.json' -o -name '*.jsonl' | xargs -r cp -t "$work/measurements"
    tar -C "$work" -czf "$work/logs.tar.gz" logs measurements && cp "$work/logs.tar.gz" "$output/logs.tar.gz"
}

number=0
failed=0
# part NAME SECONDS FUNCTION: runs it with a limit. It logs to standard output and writes facts as JSON members to $facts; the status
# 77 stands for "not available here", with the reason in $facts.
part() {
    local name=$1 limit=$2 begin status outcome extra
    number=$((number + 1))
    facts=$work/facts.$name
    : >"$facts"
    begin=$(date +%s%N)
    deadline=$((SECONDS + limit))
    (set -e; "$3") >"$work/logs/$name.log" 2>&1
    status=$?
    case $status in
        0) outcome=passed ;;
        77) outcome=unavailable ;;
        124 | 137) outcome="timed out" ;;
        *) outcome=failed ;;
    esac
    [ "$outcome" = passed ] || [ "$outcome" = unavailable ] || failed=$((failed + 1))
    extra=$(paste -sd , "$facts")
    printf '{"part": "%s", "outcome": "%s", "status": %d, "seconds": %s, "limit_seconds": %d%s}\n' "$name" "$outcome" \
        "$status" "$(awk "BEGIN { printf \"%.1f\", ($(date +%s%N) - $begin) / 1e9 }")" "$limit" "${extra:+, $extra}" \
        >"$work/parts/$number.json"
    write_results
    echo "$name: $outcome${extra:+ ($extra)}"
    [ "$outcome" = passed ] || [ "$outcome" = unavailable ] || tail -n 5 "$work/logs/$name.log" | sed 's/^/    /'
}

limited() { # a command, within what is left of the part's time
    local left=$((deadline - SECONDS))
    [ "$left" -gt 0 ] || return 124
    timeout -k 5 "$left" "$@"
}

pretrain() { # NAME BACKEND OPTIONS...: a run of the bundled corpus in $work/NAME
    local name=$1 on=$2
    shift 2
    limited "${main[@]}" pretrain --data "$bundle/corpus" --output "$work/$name" --backend "$on" --snapshot-minutes 0 \
        --eval-every 1000000 --eval-sequences 32 --seed 3 "$@"
}
