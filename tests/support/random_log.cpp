// SPDX-License-Identifier: MIT
#include "support/log_writer.h"

#include <random>
#include <vector>

namespace test
{

namespace
{

class Chance
{
  public:
    explicit Chance(uint32_t seed) : engine_(seed) {}
    /* Below bound. Not a std:: distribution: those differ from one library to the next. */
    uint64_t below(uint64_t bound)
    {
        return engine_() % bound;
    }
    bool one_in(uint64_t bound)
    {
        return below(bound) == 0;
    }
    template <size_t size> std::string one_of(const char *const (&choices)[size])
    {
        return choices[below(size)];
    }

  private:
    std::mt19937_64 engine_;
};

/* Spellings of one file, files of one base name, and bytes that are no text. */
const char *const file_names[] = {
    "m.py",        "./m.py",      "/home/user/app/m.py", "pkg/__init__.py", "",
    "<string>",    "lib/../m.py", "/usr/lib/os.py",      "caf\xc3\xa9.py",  "latin\xe9.py",
    "new\nline.py"};
const char *const function_names[] = {"f",   "g",     "<module>", "<lambda>",
                                      "run", "(1) x", "tab\there"};

const char *const frequencies[] = {"3579545",   "1193182",    "10000000", "1",
                                   "999999999", "2400000001", "0"};

uint64_t any_delta(Chance *chance)
{
    if (chance->one_in(40))
        return chance->below(uint64_t{1} << 31);
    return chance->below(chance->one_in(4) ? 100000 : 40);
}

uint64_t any_first_line(Chance *chance)
{
    return chance->one_in(30) ? chance->below(uint64_t{1} << 40) : chance->below(4) * 10;
}

uint64_t any_line(Chance *chance)
{
    if (chance->one_in(60))
        return chance->below(2) ? UINT64_MAX : chance->below(uint64_t{1} << 33);
    return chance->below(40);
}

void write_header(Chance *chance, const RandomLogShape &shape, LogWriter *log)
{
    if (chance->below(4))
        log->info("requested-line-events", chance->below(3) ? "yes" : "no");
    if (shape.windows) {
        log->info("platform", "win32");
        if (chance->below(6))
            log->info("reported-performance-frequency", chance->one_of(frequencies));
    } else {
        log->info("platform", "linux2");
        log->info("observed-interval-gettimeofday", "1");
    }
    log->info("current-directory", "/home/user/app");
    if (chance->below(8))
        log->frame_times(true);
    if (chance->below(8))
        log->line_times(chance->below(2));
    for (int i = 0; i < 4; i++) {
        log->define_file(chance->below(5), chance->one_of(file_names));
        log->define_function(chance->below(5), chance->below(4) * 10,
                             chance->one_of(function_names));
    }
}

/* A program of a few functions, with lines of two bytes, that calls and returns. */
std::string orderly_log(Chance *chance, const RandomLogShape &shape)
{
    const bool line_timings = shape.lines && chance->below(2);
    const uint64_t files = 3 + shape.functions / 12;
    LogWriter log = LogWriter::with_header(shape.lines, line_timings);
    if (shape.windows) {
        log.info("platform", "win32");
        if (chance->below(3))
            log.info("reported-performance-frequency",
                     chance->below(2) ? "1000000" : chance->one_of(frequencies));
    }
    std::vector<uint64_t> stack; /* the first lines of the functions that are open */
    std::vector<bool> is_defined(shape.functions);
    bool falling = false;
    for (unsigned i = 0; i < shape.records; i++) {
        falling = !stack.empty() && (falling || stack.size() == shape.depth);
        if (shape.toggles && chance->one_in(60))
            chance->below(2) ? log.frame_times(chance->below(2)) : log.line_times(chance->below(2));
        const uint64_t delta = chance->one_in(9) ? chance->below(400) : chance->below(9);
        const uint64_t dice = chance->below(shape.lines ? 10 : 4);
        const uint64_t calls = !shape.waves ? 2 : falling ? 0 : 4; /* of four frame events */
        if (stack.empty() || (dice < calls && stack.size() < shape.depth)) {
            const uint64_t number = chance->below(shape.functions), file = number % files;
            const uint64_t line = number / files * 37;
            if (!is_defined[number])
                log.define_file(file,
                                file < 3 ? file_names[file * 3 + 3] : "file" + std::to_string(file))
                    .define_function(file, line, function_names[number % 5]);
            is_defined[number] = true;
            log.enter(file, line, delta);
            stack.push_back(line);
        } else if (dice < 4) {
            log.exit(delta);
            stack.pop_back();
        } else {
            log.line(stack.back() + chance->below(12), delta);
        }
    }
    return log.bytes();
}

} // namespace

std::string random_log(uint32_t seed, const RandomLogShape &shape)
{
    Chance chance(seed);
    if (shape.orderly)
        return orderly_log(&chance, shape);
    LogWriter log;
    write_header(&chance, shape, &log);
    const uint64_t liveliness = 1 + chance.below(3); /* returns are rarer in some logs */
    for (unsigned i = 0; i < shape.records; i++) {
        const uint64_t dice = chance.below(100);
        if (shape.steady && dice >= 91 && (dice >= 96 || !chance.one_in(9)))
            continue;
        if (dice < 25) {
            log.enter(chance.below(5), any_first_line(&chance), any_delta(&chance));
        } else if (dice < 25 + 8 * liveliness) {
            log.exit(any_delta(&chance));
        } else if (dice < 91) {
            if (shape.lines)
                log.line(any_line(&chance), any_delta(&chance));
        } else if (dice < 93) {
            log.define_file(chance.below(5), chance.one_of(file_names));
        } else if (dice < 96) {
            log.define_function(chance.below(5), chance.below(4) * 10,
                                chance.one_of(function_names));
        } else if (dice < 97) {
            log.info(std::string("key\0 with\n", 10), std::string(chance.below(200), '\xff'));
        } else if (dice < 98) {
            log.frame_times(chance.below(4));
        } else {
            log.line_times(chance.below(2));
        }
    }
    return log.bytes();
}

} // namespace test
