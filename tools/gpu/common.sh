# shellcheck shell=bash disable=SC2034,SC2154
# What tools/gpu/verify, tools/gpu/bench and tools/gpu/train share; they source it in the repository's root.

bundle=target/gpu
rehearsal=false
tool=$(basename "$0")
from=${from:-$PWD}
# The options that every tool has; a tool adds its own, with their defaults, before it calls parse.
declare -A option=([output]=${OUT:-$PWD/target/gpu-results}/$tool [kernels]='' [minutes]=10)

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
    work=$(mktemp -d) || exit 1
    # one that hangs does not end when it is asked to
    trap '[ -z "$watching" ] || kill -KILL "$watching" 2>/dev/null; clean' EXIT
    trap interrupt TERM INT HUP
    trap : PIPE # whoever read the output may be gone: the measurements matter more
    mkdir -p "$output" "$work/logs" "$work/parts" || exit 1
    # Java unpacks natives here; what another run has left must not be used.
    export TMPDIR=$work LC_ALL=C.UTF-8
    # The driver keeps what it has compiled, by default below $HOME; else each process compiles all its kernels again. The folder
    # must outlast this tool: the next one needs the same kernels.
    unset CUDA_CACHE_DISABLE
    [ -n "${CUDA_CACHE_PATH:-}" ] || [ -w "${HOME:-/none}" ] || export CUDA_CACHE_PATH=$(dirname "$work")/jelectra-cuda-cache-$UID
    # PyTorch's compilers keep theirs there too, and do not run without.
    [ -w "${HOME:-/none}" ] || export TRITON_CACHE_DIR=$work/triton TORCHINDUCTOR_CACHE_DIR=$work/inductor
    tar -xzf "$bundle/runtime.tar.gz" -C "$work" || exit 1
    [ -x "$work/runtime/bin/java" ] || {
        echo "gpu/$tool: no program can be run in $(dirname "$work"); set TMPDIR to a folder where one can" >&2
        exit 1
    }
    said=$("$work/runtime/bin/java" -version 2>&1) || {
        echo "gpu/$tool: the bundled Java does not start here: ${said//$'\n'/; }; tools/gpu/bundle says which glibc it needs, and takes" \
            "the JDK in JAVA_HOME" >&2
        exit 1
    }
    find_driver
    choose_device
    gpu=$(gpu)
    state=$(gpu_state)
    watch_gpu
    echo "GPU: $gpu"
    about=$(printf '  "%s": %s,\n' tool "\"$tool\"" commit "$(quoted "$(<"$bundle/commit")")" rehearsal "$rehearsal" \
        machine "$(quoted "$(uname -srm), $(nproc) processors")" gpu "$(quoted "$gpu")" gpu_before "$(quoted "$state")")$'\n'
    general_only
    use_kernels "${option[kernels]}"
}

# Other devices than those of capability 9.0 have no kernels of their own: what fails must not run again with the same ones.
general_only() {
    local capability
    ! $rehearsal && command -v nvidia-smi >/dev/null || return 0
    capability=$(timeout -k 1 20 "${smi[@]}" --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | head -n 1)
    [[ ! $capability =~ ^[0-9]+\.[0-9]$ ]] || [ "$capability" = 9.0 ] || option[kernels]=compute_80
}

# NAME: the kernels that Java loads from now on; empty for the device's own. Sets $kernels, $java and $main.
use_kernels() {
    kernels=$1
    # The largest heap is given: where a machine shows little of its memory at first, Java would take a part of that.
    java=("$work/runtime/bin/java" --add-modules jdk.incubator.vector -Xmx8g -XX:+UseParallelGC -Djava.awt.headless=true
        "-Djava.io.tmpdir=$work" ${kernels:+"-Djelectra.cuda.kernels=$kernels"} ${waits:+-Djelectra.gpu.synchronous=true})
    main=("${java[@]}" -cp "$bundle/lib/*" org.jelectra.cli.Main)
}

quoted() { # text as a JSON string
    local text=${1//\\/\\\\}
    text=${text//\"/\\\"}
    printf '"%s"' "${text//[[:cntrl:]]/ }"
}

quoted_list() { # texts as the elements of a JSON array
    local text list=
    for text in "$@"; do
        list+="${list:+, }$(quoted "$text")"
    done
    echo "$list"
}

# CUDA counts devices in another order than nvidia-smi unless it is told to.
export CUDA_DEVICE_ORDER=${CUDA_DEVICE_ORDER:-PCI_BUS_ID}
smi=(nvidia-smi) # and the device that jelectra takes
choose_device() {
    local id=${CUDA_VISIBLE_DEVICES:-0} status=0
    timeout -k 1 20 nvidia-smi -i "${id%%,*}" --query-gpu=name --format=csv >/dev/null 2>&1 || status=$?
    case $status in
        0) smi+=(-i "${id%%,*}") ;; # CUDA also takes the name of a part of a device, or of a device its beginning alone
        124 | 137) smi=(false) ;;   # it hangs: to ask it again takes time
    esac
}

# Some containers leave what the host lends them to the environment of their first command.
find_driver() {
    local folder
    command -v nvidia-smi >/dev/null || PATH=$PATH:/usr/local/nvidia/bin
    PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep 'libcuda\.so\.1' >/dev/null && return
    for folder in /usr/local/nvidia/lib /usr/local/nvidia/lib64; do
        [ ! -e "$folder/libcuda.so.1" ] || export LD_LIBRARY_PATH=$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    done
}

# Writes the clocks under load to logs/gpu.csv, and keeps the device open, which else is set up anew for each process.
watching=
watch_gpu() {
    ! $rehearsal && command -v nvidia-smi >/dev/null || return 0
    "${smi[@]}" --query-gpu=timestamp,clocks.sm,power.draw,temperature.gpu --format=csv -l 1 \
        </dev/null >"$work/logs/gpu.csv" 2>&1 &
    watching=$!
    disown "$watching"
}

gpu() {
    command -v nvidia-smi >/dev/null || { echo "no nvidia-smi"; return; }
    [ "${smi[0]}" != false ] || { echo "nvidia-smi does not answer"; return; }
    timeout -k 1 20 "${smi[@]}" --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>&1 | head -n 1
}

# What else may change times: others' work, clocks, temperature, whether the GPU is a part of one. Empty if not known.
gpu_state() {
    local fields=utilization.gpu,memory.used,clocks.sm,clocks.max.sm,clocks.mem,temperature.gpu,power.draw,mig.mode.current,compute_mode
    ! $rehearsal && ! $stuck && command -v nvidia-smi >/dev/null || return 0
    timeout -k 1 20 "${smi[@]}" --query-gpu=$fields --format=csv,noheader 2>/dev/null | head -n 1 |
        awk -F ', *' -v names="$fields" 'NF == split(names, name, ",") { for (i = 1; i <= NF; i++) printf "%s%s %s", (i > 1 ? ", " : ""), name[i], $i }'
}

write_results() {
    local name
    {
        judge
        printf '{\n%s  "gpu_after": %s,\n  "failed": [%s],\n  "general_kernels_needed": [%s],\n  "exit_code": %d,\n  "parts": [\n' \
            "$about" "$(quoted "${state_after:-}")" "$(quoted_list "${broken[@]}")" "$(quoted_list "${needy[@]}")" "$code"
        paste -sd , <(for name in "${names[@]}"; do cat "$work/parts/$name.json" 2>/dev/null; done) | sed 's/},{/},\n{/g' | sed 's/^/    /'
        printf '  ]\n}\n'
    } >"$work/results.json" && place "$work/results.json"
    # Everything else in one file, which is easily brought back.
    rm -rf "$work/measurements"
    mkdir "$work/measurements"
    find "$work/logs" "$work/run" -maxdepth 1 \( -name '*.json' -o -name '*.jsonl' -o -name '*.png' -o -name 'events.*' \) \
        -exec cp -t "$work/measurements" {} + 2>/dev/null
    tar -C "$work" -czf "$work/logs.tar.gz" logs measurements
    [ $? -le 1 ] && place "$work/logs.tar.gz" # 1: a log grew meanwhile
}

clean() {
    find "$work" -mindepth 1 -maxdepth 1 ! -name "${stays:-.}" -exec rm -rf {} +
    rmdir "$work" 2>/dev/null
}

place() { # FILE: to $output, where the former of its name stays until this one is whole
    cp "$1" "$output/.new" && mv "$output/.new" "$output/$(basename "$1")"
}

interrupted=false
stays=      # what of $work outlasts this tool, because it lies nowhere else
stuck=false # whether there is a process that cannot be killed, as one that waits for a device may be
waits=      # whether Java waits for every kernel, see name_fault
running=
interrupt() { # on a signal: the part that runs ends, no other begins, and what there is stays
    interrupted=true
    [ -z "$running" ] || kill -TERM "$running" 2>/dev/null
}

names=()              # of the parts, in order
declare -A result=()  # of each: passed, failed, ...
declare -A why=()     # of each that has failed: the first line of its log that tells why
declare -A machine=() # of each that has failed for what the machine has done, which says nothing of the kernels: true
declare -A own=()     # of each that has failed with the device's own kernels and passed with the general ones: the same
patient=true          # whether a part that --minutes cuts short has not failed
grace=5               # seconds that a command has to end when it is asked to
foreground=()
# part NAME SECONDS FUNCTION: runs it with a limit. It logs to standard output and writes facts as JSON members to $facts; the status
# 77 stands for "not available here", with the reason in $facts, 76 for "killed from outside", 75 for "cut short". Sets $outcome. What
# --minutes leaves no time for is left out; what it leaves less time for than the limit, and needs more, is cut short, which is no
# failure where $patient; what needs more than its own limit is timed out.
part() {
    local name=$1 limit=$2 begin status=0 extra nap cut=false log=$work/logs/$1.log
    [ "$limit" -le $((end - SECONDS)) ] || cut=$patient limit=$((end - SECONDS))
    facts=$work/facts.$name
    : >"$facts"
    begin=$(date +%s%N)
    deadline=$((SECONDS + limit))
    if $interrupted || $stuck || [ "$limit" -lt 3 ]; then
        outcome="left out"
        ! $stuck && echo '"reason": "no time is left for it"' >"$facts" ||
            echo '"reason": "a process before it cannot be ended"' >"$facts"
    else
        # once: a program that is asked twice to end may drop what it has
        (asked=false; trap 'asked=true; trap "" TERM; kill $(jobs -p) 2>/dev/null' TERM; set -e; "$3") >"$log" 2>&1 &
        running=$!
        nap=0.02 # short parts end soon
        while kill -0 "$running" 2>/dev/null; do
            [ $SECONDS -lt $((deadline + grace + 15)) ] || { stuck=true status=124; break; }
            sleep $nap
            [ $SECONDS -lt $((deadline - limit + 2)) ] || nap=0.2
            [ $((SECONDS - ${written:=$SECONDS})) -lt 20 ] || { write_results; written=$SECONDS; }
        done
        $stuck || wait "$running" || status=$?
        running=
        case $status in
            0) outcome=passed ;;
            75) outcome="cut short" ;;
            77) outcome=unavailable ;;
            124 | 137) ! $cut && outcome="timed out" || outcome="cut short" ;; # what has a share of the part's time ends before it
            *) outcome=failed ;;
        esac
        ! is_failure "$outcome" || ! $cut || [ "$SECONDS" -lt "$deadline" ] || outcome="cut short"
        ! $stuck || outcome="timed out"
        $interrupted && outcome=interrupted
    fi
    [ -n "${result[$name]:-}" ] || names+=("$name")
    result[$name]=$outcome
    # not a failure, but it may as well be one that hung
    [ "$outcome" != "cut short" ] || echo "\"reason\": $(quoted "$(first_error "$log" "$outcome")")" >>"$facts"
    ! is_failure "$outcome" || { why[$name]=$(first_error "$log" "$outcome"); echo "\"error\": $(quoted "${why[$name]}")" >>"$facts"; }
    [ -z "$kernels" ] || echo "\"kernels\": \"$kernels\"" >>"$facts"
    unset "machine[$name]"
    [ "$outcome" != failed ] || { [ "$status" -ne 76 ] && ! grep -qs 'the device failed: ' "$log"; } || machine[$name]=true
    [ -z "${first:-}" ] || echo "\"$first\": \"failed\", \"${first}_error\": $(quoted "$first_why")" >>"$facts"
    extra=$(paste -sd , "$facts")
    printf '{"part": "%s", "outcome": "%s", "status": %d, "seconds": %s, "limit_seconds": %d%s}\n' "$name" "$outcome" \
        "$status" "$(awk "BEGIN { printf \"%.1f\", ($(date +%s%N) - $begin) / 1e9 }")" "$limit" "${extra:+, $extra}" \
        >"$work/parts/$name.json"
    [ "$outcome" = "left out" ] || write_results
    # What is printed stays short: of a long output often only the end can be read.
    [ ${#extra} -le 400 ] || extra="${extra:0:400} ..."
    echo "$name: $outcome${extra:+ ($extra)}"
    ! is_failure "$outcome" || tail -n 4 "$log" | cut -c 1-200 | sed 's/^/    /'
}

is_failure() { # OUTCOME
    case $1 in failed | "timed out" | interrupted) ;; *) return 1 ;; esac
}

# LOG OUTCOME: the line that tells what went wrong: of tests the first that failed, with its exception, else jelectra's last, which is
# that of a failure where warnings went before, else the first that sounds like it, else the last. What was killed has said nothing of
# it, but for the tests that had begun; bash's own line about that is passed over.
first_error() {
    awk -v outcome="$2" '
        failing { sub(/^[ \t]*/, ""); test = test ": " $0; failing = 0 }
        /Using incubator modules/ || /^ *\[ *[0-9]+ (tests|containers) / || !NF { next }
        /^tools\/gpu\/common\.sh: line [0-9]+: +[0-9]+ Killed / { next }
        / :: (STARTED|SUCCESSFUL|FAILED|ABORTED)$/ {
            name = $0
            sub(/^JUnit Jupiter > /, "", name)
            sub(/ :: [A-Z]+$/, "", name)
            delete begun[name]
            if ($NF == "STARTED") begun[name]
            if ($NF == "FAILED" && test == "") { test = name; failing = 1 }
            next
        }
        /^jelectra: / { said = $0 }
        /[Ee]rror|[Ee]xception|[Ff]ault|[Ff]ailed|[Ee]xpected|differ/ && like == "" { like = $0 }
        { last = $0 }
        END {
            for (name in begun) running = running (running == "" ? "" : ", ") name
            if (last == "") last = "no output"
            if (outcome == "failed") line = test != "" ? test : said != "" ? said : like != "" ? like : last
            else line = (test != "" ? test "; " : "") outcome ", at the end: " (running != "" ? running : last)
            print substr(line, 1, 300)
        }' "$1"
}

general() { # part or repeated, with the kernels that every device can run
    local before=$kernels
    use_kernels compute_80
    "$@"
    use_kernels "$before"
}

# As part; what fails for what the machine has done runs once more, with the same kernels. That it has failed stands, beside the other
# outcome in "first_try"; $outcome is the other.
repeated() {
    local first= first_why=
    part "$@"
    [ -n "${machine[$1]:-}" ] || return 0
    mv "$work/logs/$1.log" "$work/logs/$1-first-try.log"
    first=first_try first_why=${why[$1]}
    part "$@"
    if ! is_failure "$outcome"; then
        result[$1]=failed why[$1]=$first_why machine[$1]=true
    else
        [ "${why[$1]}" = "$first_why" ] || why[$1]="$first_why; once more: ${why[$1]}"
    fi
}

# As repeated; what fails for anything else runs again with the general kernels, and that outcome stands, beside the first in
# "default_kernels". Only where it has passed the failure is made good. One that is timed out does not: that says little of the
# kernels, and takes time. A caller that gives BEFORE, which runs before the general kernels do, calls name_fault itself.
retried() { # NAME SECONDS FUNCTION [BEFORE]
    local first= first_why= log=$1-default-kernels
    repeated "$@"
    if [ "$outcome" = failed ] && [ -z "$kernels" ] && [ -z "${machine[$1]:-}" ]; then
        mv "$work/logs/$1.log" "$work/logs/$log.log"
        first=default_kernels first_why=${why[$1]}
        unset "why[$1]"
        [ -z "${4:-}" ] || "$4" "$log"
        general part "$@"
        if [ "$outcome" = passed ]; then
            own[$1]=$first_why
        elif ! is_failure "$outcome"; then
            result[$1]=failed why[$1]=$first_why
        else
            [[ $first_why == "${why[$1]}"* ]] || first_why+="; with the general kernels: ${why[$1]}"
            why[$1]=$first_why
        fi
        [ -n "${4:-}" ] || name_fault "$1" "$3" "$log"
    fi
}

# NAME FUNCTION: where this part has failed and the same with the general kernels, the latest, has not, these are used from now on.
fall_back() {
    is_failure "${result[$1]}" && [ -z "${machine[$1]:-}" ] || return 0
    if [ "$outcome" = passed ]; then
        own[$1]=${why[$1]}
        use_kernels compute_80
        echo "from here on with the general kernels (compute_80), which have passed"
    fi
    name_fault "$1" "$2" "$1"
}

log_of() { # PART: the log in which it has failed, without .log; nothing where it has none
    local log
    for log in "$1-first-try" "$1-default-kernels" "$1"; do
        [ ! -e "$work/logs/$log.log" ] || { echo "$log"; return; }
    done
}

has_fault() { # LOG
    grep -qs ' faulted: ' "$work/logs/$1.log"
}

# NAME FUNCTION LOG: a kernel that faults is noticed later, behind others, so the log names a wrong one, in a recorded step always the
# last. The same again, with a wait after each kernel, names it.
name_fault() {
    local before=$kernels ended=$outcome waits=true first= found
    has_fault "$3" || return 0
    use_kernels "${option[kernels]}"
    part "$1-fault" 30 "$2"
    case $outcome in
        failed) found=${why[$1-fault]} ;;
        passed) found="nothing fails" ;;
        *) found=$outcome ;;
    esac
    result[$1-fault]=known # it has told what it is for
    found="; when every kernel is waited for: $found"
    [ -z "${why[$1]+known}" ] || why[$1]+=$found
    [ -z "${own[$1]+known}" ] || own[$1]+=$found
    waits= outcome=$ended
    use_kernels "$before"
}

# Sets $broken and $needy, the parts that have failed and those that needed the general kernels, and $code, what the tool ends with.
judge() {
    local name
    broken=() needy=() code=0
    for name in "${names[@]}"; do
        if [ -n "${own[$name]+known}" ]; then
            needy+=("$name")
        elif is_failure "${result[$name]}"; then
            broken+=("$name")
        fi
    done
    [ ${#needy[@]} -eq 0 ] || code=3
    [ ${#broken[@]} -eq 0 ] || code=1
}

list() { # texts, with commas between them
    local text all=
    for text in "$@"; do
        all+="${all:+, }$text"
    done
    echo "$all"
}

# Ends the tool: 0 where nothing has failed, 3 where that needed the general kernels, else 1. Says last what whoever reads no more
# than that must know. The tool's function advice says what to do next, from $code, $broken and $needy.
finish() {
    local name passed=() skipped=()
    state_after=$(gpu_state)
    write_results
    for name in "${names[@]}"; do
        case ${result[$name]} in
            passed) passed+=("$name") ;;
            unavailable | "cut short" | "left out") skipped+=("$name (${result[$name]})") ;;
        esac
    done
    echo
    echo "gpu/$tool: ${#passed[@]} parts passed, ${#broken[@]} failed, ${#needy[@]} only with the general kernels; exit code $code"
    [ ${#passed[@]} -eq 0 ] || echo "passed: $(list "${passed[@]}")"
    [ ${#skipped[@]} -eq 0 ] || echo "not run to the end: $(list "${skipped[@]}")"
    for name in "${needy[@]}"; do
        echo "failed with the device's own kernels: $name: ${own[$name]}"
    done
    for name in "${broken[@]}"; do
        echo "failed: $name${option[kernels]:+ (${option[kernels]})}: ${why[$name]}"
    done
    if [ -n "${option[kernels]}" ]; then
        echo "kernels: only the general ones (compute_80) were used, as asked for"
    elif [ ${#needy[@]} -gt 0 ]; then
        echo "kernels: the device's own fail ($(list "${needy[@]}")); the general ones (compute_80) pass there"
    elif [ ${#passed[@]} -gt 0 ]; then
        echo "kernels: the device's own have failed nowhere that the general ones pass"
    fi
    [ -z "$state_after" ] || echo "GPU: before: $state; after: $state_after"
    echo "results: $output/results.json, logs: $output/logs.tar.gz"
    echo "next: $(advice)"
    exit "$code"
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
        [ "$status" -gt 128 ] && kill -0 "$1" 2>/dev/null || break
    done
    # timeout kills only behind the limit, or when it was asked to end
    if [ "$status" -eq 137 ] && [ $SECONDS -lt "$deadline" ] && ! $asked; then
        echo "jelectra: killed from outside, probably for want of memory (see dmesg)" >&2
        return 76
    fi
    return $status
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
