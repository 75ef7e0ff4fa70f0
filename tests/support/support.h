// SPDX-License-Identifier: MIT
/* What most tests need: sample files, temporary folders, loading, writing reports. */
#ifndef HP_TESTS_SUPPORT_H
#define HP_TESTS_SUPPORT_H

#include "hotprof_cxx.h"

#include <string>
#include <vector>

namespace test
{

/* The path of a sample: "hotshot/fib-calls.prof". */
std::string data_path(const std::string &name);

/* The names, in order and without that ending, of the files in a folder of samples that have the
 * ending and are not larger. Throws if there are none. */
std::vector<std::string> samples(const std::string &folder, const std::string &ending,
                                 size_t largest = SIZE_MAX);

/* The paths of all pstats dumps below the test data. */
std::vector<std::string> dumps();

/* The samples of every format, such as "hotshot/fib-calls.prof": the files in the folder of its
 * name that are of the format and not larger. Of more than `most` for a format, these many are
 * taken, from the smallest to the largest at equal distances. Throws if there are none for a
 * format. */
std::vector<std::string> samples_of_every_format(size_t most = SIZE_MAX, size_t largest = SIZE_MAX);

/* The names of all reports, and of those that need no drawing module. */
std::vector<std::string> reports();
std::vector<std::string> undrawn_reports();

std::string read_file(const std::string &path);
void write_file(const std::string &path, const std::string &content);
std::vector<std::string> list_directory(const std::string &path);

/* A folder that goes away with all that is in it. */
class TemporaryDirectory
{
  public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory &) = delete;
    TemporaryDirectory &operator=(const TemporaryDirectory &) = delete;

    const std::string &path() const
    {
        return path_;
    }
    std::string file(const std::string &name) const
    {
        return path_ + "/" + name;
    }
    /* Writes a file into it and returns its path. */
    std::string write(const std::string &name, const std::string &content) const;

  private:
    std::string path_;
};

struct Loaded {
    hotprof::profile_ptr profile;
    hp_status status = HP_OK;
    hp_error error{};
};

/* What a fresh profile holds after loading, sorted. */
Loaded load_bytes(const std::string &bytes, const std::string &name = "input.prof");
Loaded load_file(const std::string &path);

/* The same of a hotshot log, in parts of this size, each read by a thread of its own; the last one
 * has the rest. */
Loaded load_parts(const std::string &log, unsigned parts, size_t size);

/* Options that ask for nothing but the progress. */
hp_load_options with_progress(hp_progress *progress, void *context);

/* The text of a report; throws if it cannot be written. */
std::string report(const std::string &format, hp_profile *profile);

/* The stacks of a report folded, without the comments. */
std::string stacks_in(const std::string &folded);

std::string gzip(const std::string &bytes);

/* The name of a parameterised test: a sample's name in letters that GoogleTest accepts. */
std::string test_name(const std::string &sample);

} // namespace test

#endif
