// SPDX-License-Identifier: MIT
/* The process that lays a graph out does not outlive the one that waits for it. */
#include "drawing/layout.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <set>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace
{

/* Whether it comes true within a minute. */
bool becomes_true(const std::function<bool()> &condition)
{
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

/* 0: it has none. */
pid_t child_of(pid_t parent)
{
    for (const auto &entry : std::filesystem::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        std::ifstream file(entry.path() / "stat");
        std::string line;
        if (name.find_first_not_of("0123456789") != std::string::npos || !std::getline(file, line))
            continue;
        std::istringstream fields(line.substr(line.rfind(')') + 1)); /* state, parent */
        std::string state;
        pid_t found = 0;
        if (fields >> state >> found && found == parent)
            return std::stoi(name);
    }
    return 0;
}

/* The pipes that a process has open, once for each end. */
std::multiset<std::string> pipes_of(pid_t process)
{
    std::multiset<std::string> pipes;
    std::error_code gone;
    for (const auto &entry :
         std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/fd", gone)) {
        const std::string target = std::filesystem::read_symlink(entry.path(), gone);
        if (target.rfind("pipe:", 0) == 0)
            pipes.insert(target);
    }
    return pipes;
}

/* Lays out a graph that takes dot minutes. */
void lay_out_for_long()
{
    std::vector<hp_layout_node> nodes(3000, {{50, 20}, {0, 0}});
    std::vector<hp_layout_edge> edges;
    std::mt19937 random(1);
    for (uint32_t to = 1; to < nodes.size(); to++)
        for (int i = 0; i < 4; i++) {
            hp_layout_edge edge{};
            edge.from = static_cast<uint32_t>(random() % to);
            edge.to = to;
            edge.rows = 1;
            edge.weight = 1;
            edges.push_back(edge);
        }
    hp_layout layout{};
    layout.nodes = nodes.data();
    layout.node_count = nodes.size();
    layout.edges = edges.data();
    layout.edge_count = edges.size();
    if (hp_layout_run(&layout, 600, nullptr, nullptr, nullptr) == HP_OK)
        hp_layout_free(&layout);
}

/* A process that waits for the layout, and the one that lays out: this one becomes a child of the
 * test when the other is gone. */
class LayoutProcess : public testing::Test
{
  protected:
    void SetUp() override
    {
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        waiting = fork();
        if (waiting == 0) {
            lay_out_for_long();
            _exit(0);
        }
        ASSERT_TRUE(becomes_true([this] {
            return (laying_out = child_of(waiting)) != 0;
        }));
    }

    void TearDown() override
    {
        for (const pid_t process : {waiting, laying_out})
            if (process > 0 && kill(process, SIGKILL) == 0)
                waitpid(process, nullptr, 0);
        prctl(PR_SET_CHILD_SUBREAPER, 0);
    }

    pid_t waiting = 0, laying_out = 0;
};

TEST_F(LayoutProcess, EndsWhenTheOneThatWaitsIsKilled)
{
    ASSERT_EQ(kill(waiting, SIGKILL), 0);
    ASSERT_EQ(waitpid(waiting, nullptr, 0), waiting);
    waiting = 0;
    ASSERT_TRUE(becomes_true([this] {
        return waitpid(laying_out, nullptr, WNOHANG) == laying_out;
    }));
    laying_out = 0;
}

TEST_F(LayoutProcess, HasNoReadingEndOfItsPipe)
{
    std::multiset<std::string> own = pipes_of(getpid()), ends;
    ASSERT_TRUE(becomes_true([&] {
        ends = pipes_of(waiting);
        for (const std::string &pipe : own)
            ends.erase(pipe);
        return ends.size() == 1;
    }));
    EXPECT_TRUE(becomes_true([&] {
        return pipes_of(laying_out).count(*ends.begin()) == 1;
    }));
}

} // namespace
