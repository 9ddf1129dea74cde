#!/bin/sh
# A Slurm cluster on this machine, of the user who starts it:
#
#     sh tests/cluster/slurm.sh start      prints the line that the tests need
#     sh tests/cluster/slurm.sh lose n0    the node dies with all that runs on it
#     sh tests/cluster/slurm.sh mend n0    and comes back
#     sh tests/cluster/slurm.sh stop
#
# Needs Slurm and munge (Debian: apt-get install --no-install-recommends slurm-wlm munge), of which no
# service has to run. Keys, sockets, logs and state lie in one folder, $CLUSTER or one of the user's own
# under /tmp. Four nodes n0 to n3 are four slurmd on this machine, each on a port of its own, from
# $CLUSTER_PORT (26817) on, with two slots each, however few cores there are.
set -eu

folder=${CLUSTER:-/tmp/foundry-cluster-$(id -u)}
port=${CLUSTER_PORT:-26817}
nodes="n0 n1 n2 n3"
export SLURM_CONF="$folder/slurm.conf"
export PATH="$PATH:/usr/sbin:/sbin"

alive() {
    case "$(ps -o stat= -p "${1:-0}" 2>/dev/null)" in "" | Z*) return 1 ;; esac
}

start() {
    for program in munged slurmctld slurmd sbatch; do
        command -v "$program" >/dev/null || { echo "slurm.sh: $program is missing" >&2; exit 1; }
    done
    mkdir -m 700 "$folder" || { echo "slurm.sh: is it running? stop it first" >&2; exit 1; }
    mkdir "$folder/state"
    configure >"$SLURM_CONF"
    echo "CgroupPlugin=autodetect" >"$folder/cgroup.conf"
    head -c 128 /dev/urandom >"$folder/munge.key"
    chmod 400 "$folder/munge.key"
    munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" \
        --pid-file="$folder/munged.pid" --log-file="$folder/munged.log" \
        --seed-file="$folder/munge.seed"
    slurmctld
    for node in $nodes; do
        slurmd -N "$node"
    done
    for _ in $(seq 100); do
        [ "$(sinfo --noheader --format=%D --states=idle 2>/dev/null)" = 4 ] && break
        sleep 0.2
    done
    sinfo >&2
    echo "export TEST_CLUSTER=$folder"
}

configure() {
    user=$(id -un) host=$(hostname -s)
    # cred_expire is how long a requeued job waits; a node is lost after SlurmdTimeout
    cat <<END
ClusterName=foundry
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket,cred_expire=10
CredType=cred/munge
SlurmctldPort=$port
SlurmctldPidFile=$folder/slurmctld.pid
SlurmctldLogFile=$folder/slurmctld.log
StateSaveLocation=$folder/state
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmdLogFile=$folder/slurmd-%n.log
SlurmdSpoolDir=$folder/spool-%n
SlurmdParameters=config_overrides
SlurmdTimeout=10
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
KillWait=5
ReturnToService=2
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
PartitionName=normal Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
    for node in $nodes; do
        port=$((port + 1))
        echo "NodeName=$node NodeHostname=$host NodeAddr=127.0.0.1 Port=$port CPUs=2" \
            "RealMemory=8000 State=UNKNOWN"
    done
}

lose() {
    kill -KILL "$(cat "$folder/slurmd-$1.pid")"
    for process in /proc/[0-9]*; do
        # slurmstepd, which would report the end, is the parent of what runs
        if tr '\0' '\n' 2>/dev/null <"$process/environ" | grep -qx "SLURM_CONF=$SLURM_CONF" &&
            tr '\0' '\n' 2>/dev/null <"$process/environ" | grep -qx "SLURMD_NODENAME=$1"; then
            parent=$(ps -o ppid= -p "${process#/proc/}" | tr -d ' ')
            case "$(ps -o args= -p "${parent:-0}")" in slurmstepd*) kill -KILL "$parent" ;; esac
            kill -KILL "${process#/proc/}" 2>/dev/null || true
        fi
    done
}

stop() {
    # by the files of this cluster alone: the machine may have others
    scancel --user="$(id -un)" 2>/dev/null || true
    for file in "$folder"/*.pid; do
        [ -f "$file" ] && kill "$(cat "$file")" 2>/dev/null || true
    done
    for _ in $(seq 100); do
        running=
        for file in "$folder"/*.pid; do
            [ -f "$file" ] && alive "$(cat "$file" 2>/dev/null)" && running=yes
        done
        [ -z "$running" ] && break
        sleep 0.1
    done
    rm -rf "$folder"
}

case "${1:-}" in
    start) start ;;
    stop) stop ;;
    lose) lose "$2" ;;
    mend) slurmd -N "$2" ;;
    *) echo "usage: slurm.sh start | stop | lose NODE | mend NODE" >&2; exit 2 ;;
esac
