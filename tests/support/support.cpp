// SPDX-License-Identifier: MIT
#include "support/support.h"

#include "report.h"
extern "C" {
#include "hotshot/read_hotshot.h"
}

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <tuple>
#include <zlib.h>

namespace test
{

namespace fs = std::filesystem;

namespace
{

Loaded sorted(Loaded loaded)
{
    hp_error error{};
    if (hp_profile_sort(loaded.profile.get(), &error) != HP_OK)
        throw std::runtime_error(std::string("cannot sort: ") + error.message);
    return loaded;
}

Loaded fresh()
{
    Loaded loaded;
    loaded.profile.reset(hp_profile_new());
    if (!loaded.profile)
        throw std::bad_alloc();
    return loaded;
}

struct Sample {
    size_t size;
    std::string path;

    bool operator<(const Sample &other) const
    {
        return std::tie(size, path) < std::tie(other.size, other.path);
    }
};

/* Of each format of the table, from the smallest to the largest. */
std::vector<std::vector<Sample>> sort_samples()
{
    std::vector<std::vector<Sample>> all;
    for (size_t f = 0; hp_format_at(f); f++) {
        const std::string folder = hp_format_at(f)->name;
        all.emplace_back();
        for (const std::string &name : list_directory(data_path(folder))) {
            const std::string path = folder + "/" + name;
            std::ifstream file(data_path(path), std::ios::binary);
            std::string head(HP_HEAD_SIZE, '\0');
            file.read(head.data(), HP_HEAD_SIZE);
            if (hp_format_recognise(head.data(), static_cast<size_t>(file.gcount())) ==
                hp_format_at(f))
                all.back().push_back({fs::file_size(data_path(path)), path});
        }
        std::sort(all.back().begin(), all.back().end());
    }
    return all;
}

} // namespace

std::string data_path(const std::string &name)
{
    return HP_TEST_DATA "/" + name;
}

std::vector<std::string> samples(const std::string &folder, const std::string &ending,
                                 size_t largest)
{
    std::vector<std::string> names;
    for (const std::string &name : list_directory(data_path(folder)))
        if (name.size() > ending.size() &&
            name.compare(name.size() - ending.size(), ending.size(), ending) == 0 &&
            fs::file_size(data_path(folder + "/" + name)) <= largest)
            names.push_back(name.substr(0, name.size() - ending.size()));
    if (names.empty())
        throw std::runtime_error("no samples *" + ending + " in " + data_path(folder));
    return names;
}

std::vector<std::string> dumps()
{
    std::vector<std::string> paths;
    for (const std::string folder : {"pstats", "dumps"})
        for (const std::string &name : list_directory(data_path(folder)))
            if (name.find(".prof") != std::string::npos)
                paths.push_back(folder + "/" + name);
    return paths;
}

std::vector<std::string> samples_of_every_format(size_t most, size_t largest)
{
    static const std::vector<std::vector<Sample>> of_formats = sort_samples();
    std::vector<std::string> paths;
    for (const std::vector<Sample> &all : of_formats) {
        const size_t small = static_cast<size_t>(std::find_if(all.begin(), all.end(),
                                                              [=](const Sample &sample) {
                                                                  return sample.size > largest;
                                                              }) -
                                                 all.begin());
        if (small == 0)
            throw std::runtime_error("no small samples of a format");
        const size_t count = std::min(most, small);
        for (size_t i = 0; i < count; i++)
            paths.push_back(all[count > 1 ? i * (small - 1) / (count - 1) : 0].path);
    }
    return paths;
}

std::vector<std::string> reports()
{
    std::vector<std::string> names;
    for (size_t i = 0; hp_report_at(i); i++)
        names.push_back(hp_report_at(i)->name);
    return names;
}

std::vector<std::string> undrawn_reports()
{
    std::vector<std::string> names;
    for (size_t i = 0; hp_report_at(i); i++)
        if (!hp_report_at(i)->drawn)
            names.push_back(hp_report_at(i)->name);
    return names;
}

std::string read_file(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    if (!file)
        throw std::runtime_error("cannot read " + path);
    return content.str();
}

void write_file(const std::string &path, const std::string &content)
{
    std::ofstream file(path, std::ios::binary);
    file << content << std::flush;
    if (!file)
        throw std::runtime_error("cannot write " + path);
}

std::vector<std::string> list_directory(const std::string &path)
{
    std::vector<std::string> names;
    for (const auto &entry : fs::directory_iterator(path))
        names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

TemporaryDirectory::TemporaryDirectory()
{
    std::string name = fs::temp_directory_path() / ("hotprof-test-" + std::string(6, 'X'));
    if (!mkdtemp(name.data()))
        throw std::runtime_error("cannot make a temporary folder");
    path_ = name;
}

TemporaryDirectory::~TemporaryDirectory()
{
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::string TemporaryDirectory::write(const std::string &name, const std::string &content) const
{
    fs::create_directories(fs::path(file(name)).parent_path());
    write_file(file(name), content);
    return file(name);
}

Loaded load_bytes(const std::string &bytes, const std::string &name)
{
    Loaded loaded = fresh();
    loaded.status = hp_profile_load_bytes(loaded.profile.get(), name.c_str(), bytes.data(),
                                          bytes.size(), nullptr, &loaded.error);
    return sorted(std::move(loaded));
}

Loaded load_parts(const std::string &log, unsigned parts, size_t size)
{
    Loaded loaded = fresh();
    const hp_load_options options = HP_LOAD_OPTIONS_INIT;
    hp_input *input = nullptr;
    loaded.status = hp_profile_add_input(loaded.profile.get(), "log", "hotshot", &input, nullptr);
    if (loaded.status == HP_OK)
        loaded.status =
            hp_read_log(loaded.profile.get(), input, reinterpret_cast<const uint8_t *>(log.data()),
                        log.size(), {size * 3 / 4, parts, size}, &options, &loaded.error);
    input->error = loaded.error;
    return sorted(std::move(loaded));
}

Loaded load_file(const std::string &path)
{
    Loaded loaded = fresh();
    loaded.status = hp_profile_load(loaded.profile.get(), path.c_str(), nullptr, &loaded.error);
    return sorted(std::move(loaded));
}

hp_load_options with_progress(hp_progress *progress, void *context)
{
    hp_load_options options = HP_LOAD_OPTIONS_INIT;
    options.progress = progress;
    options.progress_context = context;
    return options;
}

std::string report(const std::string &format, hp_profile *profile)
{
    const hp_report *found = hp_report_find(format.c_str());
    if (!found)
        throw std::runtime_error("no report " + format);
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        throw std::bad_alloc();
    const hp_report_options options{};
    hp_error error{};
    const hp_status status = hp_report_write(found, profile, &options, out, &error);
    const bool closed = fclose(out) == 0;
    std::string result(text, size);
    free(text);
    if (status != HP_OK || !closed)
        throw std::runtime_error(format + ": " + error.message);
    return result;
}

std::string stacks_in(const std::string &folded)
{
    std::istringstream lines(folded);
    std::string stacks;
    for (std::string line; std::getline(lines, line);)
        if (line[0] != '#')
            stacks += line + "\n";
    return stacks;
}

std::string gzip(const std::string &bytes)
{
    z_stream stream{};
    /* 16 asks zlib for a gzip header. */
    if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
    std::string result(deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef *>(result.data());
    stream.avail_out = static_cast<uInt>(result.size());
    const int status = deflate(&stream, Z_FINISH);
    result.resize(stream.total_out);
    deflateEnd(&stream);
    if (status != Z_STREAM_END)
        throw std::runtime_error("cannot compress");
    return result;
}

std::string test_name(const std::string &sample)
{
    std::string name;
    for (const char c : sample)
        name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    return name;
}

} // namespace test
