// SPDX-License-Identifier: MIT
/* Writes hotshot logs record by record. */
#ifndef HP_TESTS_LOG_WRITER_H
#define HP_TESTS_LOG_WRITER_H

#include <cstdint>
#include <string>

namespace test
{

class LogWriter
{
  public:
    /* Begins with the key that every log begins with. */
    LogWriter()
    {
        info("hotshot-version", "1.14");
    }
    /* The header of a log that records times of frames, and lines as asked for. */
    static LogWriter with_header(bool lines, bool line_timings)
    {
        LogWriter log;
        log.info("requested-frame-timings", "yes");
        log.info("requested-line-events", lines ? "yes" : "no");
        log.info("requested-line-timings", line_timings ? "yes" : "no");
        log.info("platform", "linux2");
        log.info("current-directory", "/home/user/app");
        log.frame_times(true);
        log.line_times(line_timings);
        return log;
    }

    LogWriter &info(const std::string &key, const std::string &value)
    {
        bytes_ += '\x13';
        string(key);
        string(value);
        return *this;
    }
    LogWriter &define_file(uint64_t file, const std::string &name)
    {
        bytes_ += '\x23';
        packed(file);
        string(name);
        return *this;
    }
    LogWriter &define_function(uint64_t file, uint64_t line, const std::string &name)
    {
        bytes_ += '\x43';
        packed(file);
        packed(line);
        string(name);
        return *this;
    }
    LogWriter &line_times(bool flag)
    {
        line_times_ = flag;
        bytes_ += '\x33';
        bytes_ += flag ? '\x01' : '\x00';
        return *this;
    }
    LogWriter &frame_times(bool flag)
    {
        frame_times_ = flag;
        bytes_ += '\x53';
        bytes_ += flag ? '\x01' : '\x00';
        return *this;
    }
    LogWriter &enter(uint64_t file, uint64_t line, uint64_t delta)
    {
        packed_with_type(0, file);
        packed(line);
        if (frame_times_)
            packed(delta);
        return *this;
    }
    LogWriter &exit(uint64_t delta)
    {
        packed_with_type(1, frame_times_ ? delta : 0);
        return *this;
    }
    LogWriter &line(uint64_t line, uint64_t delta)
    {
        packed_with_type(2, line);
        if (line_times_)
            packed(delta);
        return *this;
    }
    LogWriter &raw(const std::string &bytes)
    {
        bytes_ += bytes;
        return *this;
    }
    const std::string &bytes() const
    {
        return bytes_;
    }

  private:
    void packed(uint64_t value)
    {
        for (; value > 0x7f; value >>= 7)
            bytes_ += static_cast<char>((value & 0x7f) | 0x80);
        bytes_ += static_cast<char>(value);
    }
    void packed_with_type(unsigned type, uint64_t value)
    {
        const bool more = value > 0x1f;
        bytes_ += static_cast<char>((value & 0x1f) << 2 | type | (more ? 0x80 : 0));
        if (more)
            packed(value >> 5);
    }
    void string(const std::string &text)
    {
        packed(text.size());
        bytes_ += text;
    }

    std::string bytes_;
    bool frame_times_ = true, line_times_ = false;
};

/* The beginnings of logs: f from line 1 and g from line 10 on; f, by the clock of Windows. */
inline LogWriter two_functions(bool lines, bool line_timings)
{
    LogWriter log = LogWriter::with_header(lines, line_timings);
    log.define_file(0, "m.py").define_function(0, 1, "f").define_function(0, 10, "g");
    return log;
}

inline LogWriter windows_log(const char *frequency)
{
    LogWriter log;
    log.info("platform", "win32");
    if (frequency)
        log.info("reported-performance-frequency", frequency);
    log.define_file(0, "m.py").define_function(0, 1, "f");
    return log;
}

/* What random_log leaves to chance. */
struct RandomLogShape {
    unsigned records = 300;
    bool windows = false;
    bool lines = true;    /* with LINENO records */
    bool steady = false;  /* with few records but events, which are names */
    bool orderly = false; /* as a profiler writes it: defined functions, one after the other */
    /* The rest is of orderly ones only. */
    uint64_t functions = 12; /* how many there are; they are in files of a dozen each */
    size_t depth = 40;       /* of the calls */
    bool waves = false;      /* the depth goes up to that and down to 0, over and over */
    bool toggles = false;    /* times are switched on and off */
};

/* A log of records in any order that the grammar allows: the same one for the same seed. */
std::string random_log(uint32_t seed, const RandomLogShape &shape);

} // namespace test

#endif
