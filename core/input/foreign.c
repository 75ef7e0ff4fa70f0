// SPDX-License-Identifier: MIT
#include "input/foreign.h"

#include "input/scan.h"

#include <stdbool.h>
#include <string.h>

static bool contains(const uint8_t *head, size_t size, const char *text)
{
    size_t length = strlen(text);

    for (size_t i = 0; i + length <= size; i++)
        if (memcmp(head + i, text, length) == 0)
            return true;
    return false;
}

static bool begins(const uint8_t *head, size_t size, const void *bytes, size_t count)
{
    return size >= count && memcmp(head, bytes, count) == 0;
}

static bool is_pickle(const uint8_t *head, size_t size)
{
    return size > 2 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5;
}

static bool is_line_profiler(const uint8_t *head, size_t size)
{
    return is_pickle(head, size) && contains(head, size, "line_profiler");
}

static bool is_gmon(const uint8_t *head, size_t size)
{
    return begins(head, size, "gmon\1\0\0", 7) || begins(head, size, "gmon\0\0\0\1", 8);
}

/* A protobuf message whose first field is a ValueType, and that one's first field a number. */
static bool is_pprof(const uint8_t *head, size_t size)
{
    return size > 4 && head[0] == 0x0a && head[1] >= 2 && head[1] <= 12 && head[2] == 0x08;
}

/* Machine words: no words of header, three behind it, version 0. */
static bool is_gperftools(const uint8_t *head, size_t size)
{
    static const uint8_t words[24] = {[8] = 3};

    return begins(head, size, words, sizeof words);
}

static bool is_perf(const uint8_t *head, size_t size)
{
    return begins(head, size, "PERFILE2", 8) || begins(head, size, "2ELIFREP", 8);
}

/* A frame of a stack: blanks, an address in hexadecimal, a blank, a symbol, "(FILE)". */
static bool is_frame_of_perf(hp_string line)
{
    hp_string frame = hp_trimmed(line), address;

    if (!line.size || !hp_is_blank(*line.data) || !hp_take_word(&frame, &address) ||
        address.size < 3 || !frame.size || frame.data[frame.size - 1] != ')')
        return false;
    for (size_t i = 0; i < address.size; i++)
        if (!hp_is_digit(address.data[i]) && (address.data[i] < 'a' || address.data[i] > 'f'))
            return false;
    return true;
}

/* Comments, a line of the program, the process and the event, and its stack. */
static bool is_perf_script(const uint8_t *head, size_t size)
{
    const char *at = (const char *)head, *end = at + size;
    hp_string line = HP_LITERAL("#");

    while (at < end && (line.size == 0 || *line.data == '#'))
        line = hp_take_line(&at, end);
    return at < end && hp_trimmed(line).size && line.data[line.size - 1] != ')' &&
           is_frame_of_perf(hp_take_line(&at, end));
}

static bool is_lfs_pointer(const uint8_t *head, size_t size)
{
    static const char first[] = "version https://git-lfs.github.com/spec/v1\n";

    return begins(head, size, first, sizeof first - 1);
}

static bool is_utf_16(const uint8_t *head, size_t size)
{
    return begins(head, size, "\xff\xfe", 2) || begins(head, size, "\xfe\xff", 2);
}

static bool is_mojo(const uint8_t *head, size_t size)
{
    return begins(head, size, "MOJ", 3);
}

/* The magic number is a number of 32 bits in the order of the machine. */
static bool is_tachyon(const uint8_t *head, size_t size)
{
    return begins(head, size, "HCAT", 4) || begins(head, size, "TACH", 4);
}

static bool is_zstd(const uint8_t *head, size_t size)
{
    return begins(head, size, "\x28\xb5\x2f\xfd", 4);
}

static bool is_memray(const uint8_t *head, size_t size)
{
    return begins(head, size, "memray", 6);
}

static bool is_object(const uint8_t *head, size_t size)
{
    return begins(head, size, "{", 1);
}

static bool is_gecko(const uint8_t *head, size_t size)
{
    return is_object(head, size) && contains(head, size, "\"meta\"") &&
           (contains(head, size, "\"processType\"") || contains(head, size, "\"stackwalk\""));
}

/* The first line of its JSON lines. */
static bool is_tachyon_lines(const uint8_t *head, size_t size)
{
    return is_object(head, size) && contains(head, size, "\"meta\"") &&
           contains(head, size, "\"run_id\"") && contains(head, size, "\"sample_interval_usec\"");
}

static bool is_scalene(const uint8_t *head, size_t size)
{
    return is_object(head, size) && contains(head, size, "\"alloc_samples\"");
}

static bool is_viztracer(const uint8_t *head, size_t size)
{
    return (is_object(head, size) && contains(head, size, "\"traceEvents\"")) ||
           (begins(head, size, "[", 1) && contains(head, size, "\"ph\"") &&
            contains(head, size, "\"ts\""));
}

static bool is_v8(const uint8_t *head, size_t size)
{
    return is_object(head, size) && contains(head, size, "\"nodes\"") &&
           contains(head, size, "\"callFrame\"");
}

static bool is_json_of_pyinstrument(const uint8_t *head, size_t size)
{
    return is_object(head, size) && contains(head, size, "\"root_frame\"") &&
           contains(head, size, "\"sample_count\"");
}

static const struct {
    bool (*is)(const uint8_t *head, size_t size);
    const char *description;
} tools[] = {
    {is_line_profiler, "a dump of line_profiler, which is not supported; "
                       "'python3 -m line_profiler FILE' shows it"},
    {is_pickle, "a Python pickle, which is not supported; "
                "a profile is written by cProfile's dump_stats"},
    {is_gmon, "a gmon.out of a compiled program, which is not supported; gprof shows it"},
    {is_pprof, "a pprof profile, which is not supported; "
               "'pprof -callgrind -output=OUT FILE' converts it"},
    {is_gperftools, "a profile of gperftools, which is not supported; "
                    "'google-pprof --callgrind PROGRAM FILE' converts it"},
    {is_perf, "a perf.data, which is not supported; "
              "'perf script -i FILE | stackcollapse-perf.pl' converts it"},
    {is_perf_script, "the output of perf script, which is not supported; "
                     "'stackcollapse-perf.pl FILE' converts it"},
    {is_mojo, "a MOJO file of Austin, which is not supported; 'mojo2austin FILE OUT' converts it"},
    {is_tachyon, "a binary file of profiling.sampling, which is not supported; "
                 "'python3 -m profiling.sampling replay --collapsed -o OUT FILE' converts it"},
    {is_tachyon_lines, "JSON lines of profiling.sampling, which have no calls and are not "
                       "supported; 'python3 -m profiling.sampling run --collapsed -o OUT' "
                       "writes what is"},
    {is_zstd, "compressed by zstd, which is not supported; 'zstd -d FILE' decompresses it"},
    {is_memray, "a file of memray, which is not supported; 'memray flamegraph FILE' shows it"},
    {is_gecko, "a profile for the Firefox Profiler, which is not supported; "
               "https://profiler.firefox.com shows it"},
    {is_scalene, "a profile of Scalene, which is not supported; 'scalene view FILE' shows it"},
    {is_viztracer, "a trace in the format of Chrome, such as VizTracer's, which is not supported; "
                   "https://ui.perfetto.dev shows it"},
    {is_v8, "a CPU profile of V8, which is not supported; https://www.speedscope.app shows it"},
    {is_json_of_pyinstrument, "the JSON of pyinstrument, which is not supported; "
                              "'pyinstrument -o FILE.pyisession' saves what is"},
    {is_lfs_pointer, "a pointer of Git LFS to a file that is not here; 'git lfs pull' fetches it"},
    {is_utf_16, "text in UTF-16, which is not supported; "
                "'iconv -f UTF-16 -t UTF-8 FILE' converts it"},
};

const char *hp_foreign_description(const uint8_t *head, size_t size)
{
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
        if (tools[i].is(head, size))
            return tools[i].description;
    return NULL;
}
