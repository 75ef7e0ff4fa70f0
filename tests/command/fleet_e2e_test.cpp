// SPDX-License-Identifier: MIT
/* The recipes of hotprof-fleet(7), as they stand there: many profiles added up in parts are the
 * profile of all of them at once. */
#include "support/command.h"
#include "support/log_writer.h"
#include "support/support.h"

#include <arpa/inet.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <regex>
#include <sys/socket.h>
#include <unistd.h>

namespace
{

using namespace test;
namespace fs = std::filesystem;

/* The commands behind '.\" recipe NAME' in the manual page. */
std::string recipe(const std::string &name)
{
    const std::string page = read_file(HP_MANUALS "/hotprof-fleet.7");
    const size_t mark = page.find(".\\\" recipe " + name + "\n");
    EXPECT_NE(mark, std::string::npos) << name;
    const size_t start = page.find(".EX\n", mark) + 4;
    std::string text = page.substr(start, page.find(".EE\n", start) - start);
    text = std::regex_replace(text, std::regex("(^|\n)    "), "$1");
    text = std::regex_replace(text, std::regex("\\\\-"), "-");
    text = std::regex_replace(text, std::regex("\\\\\\(aq"), "'");
    return std::regex_replace(text, std::regex("\\\\e"), "\\");
}

/* A program that is run again and again by one version and another: some functions are everywhere,
 * some on a few machines only, and the numbers differ. */
std::string log_of_machine(unsigned machine)
{
    LogWriter log = LogWriter::with_header(true, machine % 3 != 0);
    log.define_file(1, "serve.py").define_file(2, "handler" + std::to_string(machine % 7) + ".py");
    log.define_function(1, 1, "<module>").define_function(2, 10 + machine % 5, "handle");
    log.enter(1, 1, machine + 1);
    for (unsigned i = 0; i <= machine % 4; i++)
        log.enter(2, 10 + machine % 5, 17).exit(1000 + 31 * machine);
    log.exit(3);
    return log.bytes();
}

class Fleet : public testing::Test
{
  protected:
    explicit Fleet(unsigned logs = 350) : count(logs)
    {
        fs::create_directories(directory.file("logs/more of them"));
        std::string names;
        for (unsigned i = 0; i < count; i++) {
            std::string log = log_of_machine(i);
            if (i % 50 == 7)
                log.resize(log.size() - 2);
            const std::string name = (i % 2 ? "logs/" : "logs/more of them/") + std::to_string(i);
            directory.write(name + ".prof", log);
            names += name + ".prof\n";
        }
        directory.write("logs.txt", names);
        around.directory = directory.path();
        around.environment = {{"PATH", HP_BIN_DIR ":" + std::string(getenv("PATH"))}};
        const Result once = hotreport({"-q", "-f", "callgrind", "logs"}, around);
        EXPECT_EQ(once.status, 3);
        all_at_once = once.out;
    }

    void sh(const std::string &commands)
    {
        const Result result = run({"sh", "-e", "-c", commands}, around);
        EXPECT_EQ(result.status, 0) << commands << result.out << result.err;
    }

    bool is_all_of_them()
    {
        return read_file(directory.file("all.callgrind")) == all_at_once;
    }

    size_t parts()
    {
        return size_t(std::distance(fs::directory_iterator(directory.file("parts")), {}));
    }

    const unsigned count;
    TemporaryDirectory directory;
    Surroundings around;
    std::string all_at_once;
};

TEST_F(Fleet, WithXargs)
{
    sh(recipe("xargs"));
    EXPECT_EQ(parts(), (count + 99) / 100);
    EXPECT_TRUE(is_all_of_them());
}

TEST_F(Fleet, WithParallel)
{
    ASSERT_TRUE(is_installed("parallel"));
    sh(recipe("parallel"));
    EXPECT_EQ(parts(), (count + 99) / 100);
    EXPECT_TRUE(is_all_of_them());
}

/* A task that runs twice counts once. */
TEST_F(Fleet, WithTheTasksOfASlurmArray)
{
    directory.write("fleet", recipe("slurm"));
    sh("export SLURM_ARRAY_TASK_ID SLURM_ARRAY_TASK_COUNT=3\n"
       "for SLURM_ARRAY_TASK_ID in 0 1 2 1; do sh fleet; done\n"
       "hotreport -q -f callgrind -o all.callgrind parts");
    EXPECT_EQ(parts(), 3u);
    EXPECT_TRUE(is_all_of_them());
}

TEST_F(Fleet, WithMoreTasksThanLogs)
{
    directory.write("fleet", recipe("slurm"));
    sh("export SLURM_ARRAY_TASK_ID=400 SLURM_ARRAY_TASK_COUNT=500\n"
       "sh fleet");
    EXPECT_FALSE(fs::exists(directory.file("parts")));
}

TEST_F(Fleet, WithLinesThroughPipes)
{
    directory.write("profile-map", recipe("map"));
    directory.write("profile-combine", recipe("combine"));
    sh("split -l 40 logs.txt names.\n"
       "for names in names.*; do sh profile-map <$names; done | sort -r >parts.txt\n"
       "[ $(wc -l <parts.txt) -eq 9 ]\n"
       "split -l 4 parts.txt parts.\n"
       "mkdir all\n"
       "for part in parts.a?; do sh profile-combine <$part; done | sed 's/$/\t/' |"
       "    sh profile-combine >all/part-00000\n" +
       recipe("decode"));
    EXPECT_TRUE(is_all_of_them());

    sh("sh profile-map </dev/null >nothing; sh profile-combine </dev/null >>nothing");
    EXPECT_EQ(read_file(directory.file("nothing")), "");
}

TEST_F(Fleet, TellsWhereNothingCouldBeRead)
{
    directory.write("profile-map", recipe("map"));
    const Result result = run({"sh", "-c", "echo missing.prof | sh profile-map"}, around);
    EXPECT_NE(result.status, 0);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err.rfind("hotreport: missing.prof: ", 0), 0u) << result.err;
}

/* --- A real cluster ------------------------------------------------------------------------- */

/* Two ports that nothing listens on. */
std::pair<int, int> free_ports()
{
    int ports[2], sockets[2];
    for (int i = 0; i < 2; i++) {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        sockets[i] = socket(AF_INET, SOCK_STREAM, 0);
        auto *any = reinterpret_cast<sockaddr *>(&address);
        if (sockets[i] < 0 || bind(sockets[i], any, size) != 0 ||
            getsockname(sockets[i], any, &size) != 0)
            throw std::runtime_error("no port is free");
        ports[i] = ntohs(address.sin_port);
    }
    close(sockets[0]);
    close(sockets[1]);
    return {ports[0], ports[1]};
}

/* A cluster of this machine alone, run by the user that runs the test. A task that is requeued
 * waits until its credential has expired. */
const char *const slurm_conf = R"sh(
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$PWD/cluster/munge.socket,cred_expire=20
SlurmUser=$user
SlurmdUser=$user
StateSaveLocation=$PWD/cluster/state
SlurmdSpoolDir=$PWD/cluster/spool
SlurmctldPidFile=$PWD/cluster/slurmctld.pid
SlurmdPidFile=$PWD/cluster/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
MessageTimeout=100
SlurmdTimeout=0
MinJobAge=100000
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES
)sh";

/* Starts the cluster, runs the recipes and ends the cluster. Exit status 77: there is no cluster.
 * The limits are far beyond what any machine needs. */
const char *const slurm_script = R"sh(
user=$(id -un) host=$(hostname -s)
mkdir -p cluster/state cluster/spool
chmod 711 . cluster
(umask 077; head -c 1024 /dev/urandom >cluster/munge.key)
eval "cat <<END
$CONF
END" >cluster/slurm.conf
export SLURM_CONF=$PWD/cluster/slurm.conf

daemons=
trap 'exit 1' HUP INT TERM
trap 'timeout 60 scancel --user=$user; kill $daemons; wait' EXIT
start() {
    "$@" >cluster/${1##*/}.log 2>&1 &
    daemons="$daemons $!"
}
# until_true LIMIT WHAT: waits until a command succeeds, as long as all daemons run.
until_true() {
    end=$(($(date +%s) + $1))
    until eval "$2"; do
        for daemon in $daemons; do
            kill -0 $daemon || { tail -n 3 cluster/*.log; return 1; }
        done
        [ $(date +%s) -lt $end ] || { tail -n 20 cluster/*.log; squeue -a; return 1; }
        sleep 0.2
    done
}
start munged -F --key-file=$PWD/cluster/munge.key --socket=$PWD/cluster/munge.socket \
    --pid-file=$PWD/cluster/munge.pid --log-file=$PWD/cluster/munge.log \
    --seed-file=$PWD/cluster/munge.seed
until_true 200 '[ -S cluster/munge.socket ]' || exit 77
start slurmctld -D
until_true 200 'sinfo -h >/dev/null 2>&1' || exit 77
start slurmd -D
until_true 200 '[ "$(sinfo -h -o %t)" = idle ]' || exit 77

# The state of a job; the jobs that have not ended.
state() {
    scontrol show job $1 | sed -n 's/.*JobState=\([A-Z]*\).*/\1/p'
}
left() {
    squeue -h -r -o %i
}
eval "$SUBMIT"
until_true 450 '[ "$(left)" = $sum ]'
[ $(state ${array}_7) = FAILED ]
[ ! -e all.callgrind ]
eval "$REQUEUE"
until_true 450 '[ -z "$(left)" ]'
[ $(state ${array}_7) = COMPLETED ]
[ $(state $sum) = COMPLETED ]
)sh";

/* Runs hotreport, but in a task 7 for the first time says that it failed. */
const char *const failing_hotreport = R"sh(#!/bin/sh
)sh" HP_BIN_DIR R"sh(/hotreport "$@" || exit
[ "$SLURM_ARRAY_TASK_ID" != 7 ] || ! mkdir failed 2>/dev/null
)sh";

class SlurmFleet : public Fleet
{
  protected:
    SlurmFleet() : Fleet(1000)
    {
        std::string &path = around.environment["PATH"];
        path = directory.path() + ":" + path + ":/usr/sbin";
    }
};

TEST_F(SlurmFleet, AddsUpWithARealSlurm)
{
    for (const std::string program : {"slurmctld", "slurmd", "munged", "sbatch"})
        if (run({"sh", "-c", "command -v " + program}, around).status != 0)
            GTEST_SKIP() << program << " is not installed";
    directory.write("fleet", recipe("slurm"));
    directory.write("hotreport", failing_hotreport);
    fs::permissions(directory.file("hotreport"), fs::perms::owner_all);
    const auto [control_port, node_port] = free_ports();
    around.environment["CONF"] = "SlurmctldPort=" + std::to_string(control_port) +
                                 "\nSlurmdPort=" + std::to_string(node_port) + slurm_conf;
    around.environment["SUBMIT"] = recipe("slurm-submit");
    around.environment["REQUEUE"] = recipe("slurm-requeue");
    const Result result = run({"sh", "-e", "-c", slurm_script}, around);
    if (result.status == 77)
        GTEST_SKIP() << "no cluster can be run here: " << result.out << result.err;
    EXPECT_EQ(result.status, 0) << result.out << result.err;
    EXPECT_EQ(parts(), 100u);
    EXPECT_TRUE(is_all_of_them());
}

} // namespace
