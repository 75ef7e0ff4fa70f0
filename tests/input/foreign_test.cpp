// SPDX-License-Identifier: MIT
/* Profiles of other tools are refused by name. */
#include "support/support.h"

#include <gtest/gtest.h>

namespace
{

using namespace test;
using namespace std::string_literals;

std::string refusal(const std::string &content)
{
    const Loaded loaded = load_bytes(content, "file");

    EXPECT_EQ(loaded.status, HP_UNRECOGNISED);
    return loaded.error.message;
}

TEST(ProfilesOfOtherTools, AreRefusedByName)
{
    const std::pair<std::string, std::string> profiles[] = {
        {"\x80\x03"s
         "cline_profiler\nLineStats\n",
         "is a dump of line_profiler, which is not supported; "
         "'python3 -m line_profiler FILE' shows it"},
        {"\x80\x04\x95\x10\0\0\0"s, "is a Python pickle, which is not supported; "
                                    "a profile is written by cProfile's dump_stats"},
        {"gmon\1\0\0\0\0\0\0\0"s,
         "is a gmon.out of a compiled program, which is not supported; gprof shows it"},
        {"\x0a\x04\x08\x01\x10\x02\x0a\x04\x08\x03\x10\x04"s,
         "is a pprof profile, which is not supported; 'pprof -callgrind -output=OUT FILE' converts "
         "it"},
        {"\0\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10\x27"s,
         "is a profile of gperftools, which is not supported; "
         "'google-pprof --callgrind PROGRAM FILE' converts it"},
        {"\xff\xfe"s
         "a\0;\0b\0 \0001\0\n\0"s,
         "is text in UTF-16, which is not supported; 'iconv -f UTF-16 -t UTF-8 FILE' converts it"},
        {"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
         "is a pointer of Git LFS to a file that is not here; 'git lfs pull' fetches it"},
        {"MOJ\3\2", "is a MOJO file of Austin, which is not supported; 'mojo2austin FILE OUT' "
                    "converts it"},
        {"HCAT\1\0\0\0"s,
         "is a binary file of profiling.sampling, which is not supported; "
         "'python3 -m profiling.sampling replay --collapsed -o OUT FILE' converts it"},
        {"\x28\xb5\x2f\xfd\x04",
         "is compressed by zstd, which is not supported; 'zstd -d FILE' decompresses it"},
        {"memray\n\0\0\0"s, "is a file of memray, which is not supported; "
                            "'memray flamegraph FILE' shows it"},
        {"{\"meta\": {\"interval\": 1, \"processType\": 0}}",
         "is a profile for the Firefox Profiler, which is not supported; "
         "https://profiler.firefox.com shows it"},
        {"{\"type\":\"meta\",\"v\":1,\"run_id\":\"ab\",\"sample_interval_usec\":1000}\n",
         "is JSON lines of profiling.sampling, which have no calls and are not supported; "
         "'python3 -m profiling.sampling run --collapsed -o OUT' writes what is"},
        {"{\"alloc_samples\": 3}",
         "is a profile of Scalene, which is not supported; 'scalene view FILE' shows it"},
        {"{\"traceEvents\": []}",
         "is a trace in the format of Chrome, such as VizTracer's, which is not supported; "
         "https://ui.perfetto.dev shows it"},
        {"{\"start_time\": 1, \"sample_count\": 2, \"root_frame\": {}}",
         "is the JSON of pyinstrument, which is not supported; 'pyinstrument -o FILE.pyisession' "
         "saves what is"},
        {"PERFILE2\x68\0\0\0"s, "is a perf.data, which is not supported; "
                                "'perf script -i FILE | stackcollapse-perf.pl' converts it"},
        {"# ========\n#\npython3 12 1.5:  10 cycles:u: \n\t    55d0 py::f:/a.py "
         "(/tmp/perf-1.map)\n",
         "is the output of perf script, which is not supported; 'stackcollapse-perf.pl FILE' "
         "converts it"},
        {"[{\"pid\":1,\"ts\":0,\"ph\":\"X\"}]",
         "is a trace in the format of Chrome, such as VizTracer's, which is not supported; "
         "https://ui.perfetto.dev shows it"},
        {"{\"nodes\":[{\"id\":1,\"callFrame\":{}}]}",
         "is a CPU profile of V8, which is not supported; https://www.speedscope.app shows it"},
    };
    for (const auto &[content, reason] : profiles)
        EXPECT_EQ(refusal(content), reason);
}

TEST(ProfilesOfOtherTools, AreNotSeenInWhatIsNone)
{
    for (const auto &[content, found] :
         {std::pair("{\"a\": 1}", "the text '{\"a\": 1}'"),
          {"\n  no profile\r\nand more\n", "the text 'no profile'"},
          {"name\tvalue\n", "the text 'name'"},
          {"0123456789012345678901234567890123456789", "the text '012345678901234567890123456789'"},
          {"01234567890123456789012345678\u00e9\u00e9", "the text '01234567890123456789012345678'"},
          {"caf\u00e9", "the text 'caf\u00e9'"},
          {"caf\xe9", "the bytes 63 61 66 e9"},
          {"ab\n\1", "the bytes 61 62 0a 01"},
          {"\x1b[31m", "the bytes 1b 5b 33 31 6d"},
          {"\n", "the bytes 0a"},
          {"", "an empty file"},
          {"\x80", "the bytes 80"}}) {
        const std::string reason = refusal(content);
        EXPECT_EQ(reason.rfind("expected a ", 0), 0u) << reason;
        EXPECT_EQ(reason.substr(reason.rfind(", found ") + 8), found);
    }
}

} // namespace
