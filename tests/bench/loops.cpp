// SPDX-License-Identifier: MIT
/* Times reading a log, decoding it without doing anything with the numbers, writing each report,
 * and reading the reports that can be read. The logs, by write_log, are given on the command line:
 *
 *     loops LOG... [--benchmark_...]
 */
#include "hotprof_cxx.h"
#include "report.h"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace
{

using Bytes = std::string;

/* The sum of all numbers of all events: the least that a reader of a log must do. */
uint64_t decode(const Bytes &log, uint64_t *events)
{
    const auto *at = reinterpret_cast<const uint8_t *>(log.data()), *end = at + log.size();
    bool frames_timed = true, lines_timed = false;
    uint64_t sum = 0;
    const auto packed = [&](unsigned skip) {
        uint64_t byte = *at++, value = (byte & 0x7f) >> skip;
        for (unsigned shift = 7 - skip; byte & 0x80; shift += 7) {
            byte = *at++;
            value |= (byte & 0x7f) << shift;
        }
        return value;
    };
    const auto skip_string = [&] {
        const uint64_t size = packed(0);
        at += size;
    };
    while (at < end) {
        const uint8_t first = *at;
        if ((first & 3) == 2) {
            sum += packed(2);
            if (lines_timed)
                sum += packed(0);
        } else if ((first & 3) == 1) {
            sum += packed(2);
        } else if ((first & 3) == 0) {
            sum += packed(2);
            sum += packed(0);
            if (frames_timed)
                sum += packed(0);
        } else {
            at++;
            if (first == 0x13)
                skip_string();
            else if (first == 0x33)
                lines_timed = *at++ != 0;
            else if (first == 0x53)
                frames_timed = *at++ != 0;
            else {
                packed(0);
                if (first == 0x43)
                    packed(0);
            }
            if (first == 0x13 || first == 0x23 || first == 0x43)
                skip_string();
            continue;
        }
        ++*events;
    }
    return sum;
}

hotprof::profile_ptr load(const Bytes &log, bool stacks = false)
{
    hotprof::profile_ptr profile(hp_profile_new());
    hp_load_options options = HP_LOAD_OPTIONS_INIT;
    options.stacks = stacks;
    if (hp_profile_load_bytes(profile.get(), "log", log.data(), log.size(), &options, nullptr) !=
        HP_OK)
        throw std::runtime_error("the log cannot be read");
    return profile;
}

void count(benchmark::State &state, const Bytes &log)
{
    uint64_t events = 0;
    decode(log, &events);
    state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * log.size()));
    state.counters["events/s"] = benchmark::Counter(
        static_cast<double>(state.iterations() * events), benchmark::Counter::kIsRate);
}

/* A report of the log, as an input. */
Bytes written(const Bytes &log, const char *report)
{
    const hotprof::profile_ptr profile = load(log);
    const hp_report_options options = {};
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    const hp_status status =
        hp_report_write(hp_report_find(report), profile.get(), &options, out, nullptr);
    fclose(out);
    const Bytes bytes(text, size);
    free(text);
    if (status != HP_OK)
        throw std::runtime_error("the report cannot be written");
    return bytes;
}

/* A callgrind file in which no line and no call occurs twice. */
Bytes distinct_lines()
{
    Bytes text = "# callgrind format\npositions: line\nevents: Ir\n\nfl=(1) a.c\n";
    for (unsigned function = 1; function <= 20000; function++) {
        const std::string id = "(" + std::to_string(function) + ")";
        text += "fn=" + id + " function_" + std::to_string(function) + "\n" +
                std::to_string(function) + " 12\n";
        for (unsigned line = 1; line < 80; line++) {
            text +=
                "+" + std::to_string(line % 7 + 1) + " " + std::to_string(line * function) + "\n";
            if (line % 8 == 0)
                text += "cfn=" + id + "\ncalls=3 7\n* 4567\n";
        }
    }
    return text;
}

void register_log(const std::string &path)
{
    const std::string name = path.substr(path.rfind('/') + 1);
    std::ifstream file(path, std::ios::binary);
    const Bytes log{std::istreambuf_iterator<char>(file), {}};

    benchmark::RegisterBenchmark(("decode/" + name).c_str(), [log](benchmark::State &state) {
        for (auto _ : state) {
            uint64_t events = 0;
            benchmark::DoNotOptimize(decode(log, &events));
        }
        count(state, log);
    });
    benchmark::RegisterBenchmark(("load/" + name).c_str(), [log](benchmark::State &state) {
        for (auto _ : state)
            benchmark::DoNotOptimize(load(log));
        count(state, log);
    });
    for (const char *format : {"pstats", "callgrind"})
        benchmark::RegisterBenchmark(
            ("load " + std::string(format) + "/" + name).c_str(),
            [log, format](benchmark::State &state) {
                const Bytes input = written(log, format);
                for (auto _ : state)
                    benchmark::DoNotOptimize(load(input));
                state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * input.size()));
            });
    for (size_t i = 0; const hp_report *report = hp_report_at(i); i++)
        benchmark::RegisterBenchmark(
            (std::string(report->name) + "/" + name).c_str(),
            [log, report](benchmark::State &state) {
                const hotprof::profile_ptr profile = load(log, report->stacks);
                const hp_report_options options = {};
                FILE *out = fopen("/dev/null", "w");
                for (auto _ : state) {
                    hp_error error = {};
                    if (hp_report_write(report, profile.get(), &options, out, &error) != HP_OK)
                        state.SkipWithError(error.message);
                }
                fclose(out);
            });
}

} // namespace

int main(int argc, char **argv)
{
    benchmark::Initialize(&argc, argv);
    benchmark::RegisterBenchmark("load callgrind/distinct lines", [](benchmark::State &state) {
        const Bytes input = distinct_lines();
        for (auto _ : state)
            benchmark::DoNotOptimize(load(input));
        state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * input.size()));
    });
    for (int i = 1; i < argc; i++)
        register_log(argv[i]);
    benchmark::RunSpecifiedBenchmarks();
}
