// SPDX-License-Identifier: MIT
/* What others see of the library: the header from C++, the exported names, the README's example. */
#include "hotprof.h"

#include "hotprof_cxx.h"
#include "support/command.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>
#include <type_traits>

namespace
{

using namespace test;

using Names = std::set<std::string>;

Names declared_functions()
{
    std::string header = read_file(HP_SOURCE_DIR "/core/hotprof.h");
    header = std::regex_replace(header, std::regex("/\\*[^*]*\\*+([^/*][^*]*\\*+)*/"), "");
    const std::regex declaration("HP_API[^;]*?\\b(hp_[a-z0-9_]+)\\(");
    Names names;
    for (std::sregex_iterator at(header.begin(), header.end(), declaration), end; at != end; ++at)
        names.insert((*at)[1]);
    return names;
}

TEST(SharedLibrary, ExportsThePublicNamesAndNoOthers)
{
    const Result result = run({"nm", "-D", "--defined-only", HP_SHARED_LIBRARY});
    ASSERT_EQ(result.status, 0) << result.err;
    Names exported;
    for (const std::string &line : lines_of(result.out)) {
        const std::string name = line.substr(line.rfind(' ') + 1);
        /* Names that begin so are the compiler's and the sanitizers'. */
        if (name.rfind("__", 0) != 0 && name != "_init" && name != "_fini")
            exported.insert(name);
    }
    EXPECT_GE(exported.size(), 30u);
    EXPECT_EQ(exported, declared_functions());
}

TEST(DebianSymbols, AreThePublicNames)
{
    Names symbols;
    for (const std::string &line :
         lines_of(read_file(HP_SOURCE_DIR "/packaging/debian/libhotprof1.symbols")))
        if (line.rfind(" hp_", 0) == 0)
            symbols.insert(line.substr(1, line.find('@') - 1));
    EXPECT_EQ(symbols, declared_functions());
}

TEST(CxxHeader, FreesProfiles)
{
    static_assert(sizeof(hotprof::profile_ptr) == sizeof(hp_profile *));
    static_assert(std::is_nothrow_move_constructible_v<hotprof::profile_ptr>);
    hotprof::profile_ptr profile(hp_profile_new());
    ASSERT_NE(profile, nullptr);
    EXPECT_EQ(hp_profile_function_count(profile.get()), 0u);
    profile.reset();
    EXPECT_EQ(profile, nullptr);
}

TEST(Version, IsTheProjects)
{
    EXPECT_STREQ(hp_version(), HP_PROJECT_VERSION);
    EXPECT_STREQ(HP_VERSION, HP_PROJECT_VERSION);
    EXPECT_EQ(std::to_string(HP_VERSION_MAJOR) + "." + std::to_string(HP_VERSION_MINOR) + "." +
                  std::to_string(HP_VERSION_PATCH),
              HP_PROJECT_VERSION);
}

std::string c_example()
{
    const std::string readme = read_file(HP_SOURCE_DIR "/README.md");
    const size_t start = readme.find("```c\n");
    if (start == std::string::npos)
        return "";
    return readme.substr(start + 5, readme.find("\n```", start) - start - 4);
}

TEST(ReadmeExample, CompilesAndRuns)
{
    const std::string source = c_example();
    ASSERT_NE(source, "") << "no C in the README";
    const TemporaryDirectory directory;
    const std::string program = directory.file("example");
    const std::string library = HP_SHARED_LIBRARY;
    const std::string folder = library.substr(0, library.rfind('/'));
    std::vector<std::string> compile{HP_C_COMPILER, "-std=c11", "-Wall", "-Wextra", "-Werror"};
    for (const char *option : std::vector<const char *>{HP_SANITIZE_OPTIONS})
        compile.emplace_back(option);
    for (const std::string &argument :
         {directory.write("example.c", source), std::string("-I" HP_SOURCE_DIR "/core"),
          "-L" + folder, "-Wl,-rpath," + folder, std::string("-lhotprof"), std::string("-o"),
          program})
        compile.push_back(argument);
    const Result compiled = run(compile);
    ASSERT_EQ(compiled.status, 0) << compiled.err;

    Surroundings around;
    around.directory = directory.path();
    const std::string log =
        directory.write("run.prof", read_file(data_path("hotshot/seed-calls.prof")));
    const Result result = run({program, log}, around);
    EXPECT_EQ(result.status, 0) << result.err;
    const Loaded loaded = load_file(log);
    const std::vector<std::string> lines = lines_of(result.out);
    ASSERT_EQ(lines.size(), hp_profile_function_count(loaded.profile.get()));
    for (hp_function_id id = 0; id < lines.size(); id++) {
        std::istringstream line(lines[id]);
        uint64_t self = 0;
        std::string name;
        line >> self >> name;
        EXPECT_EQ(self, hp_profile_function_self(loaded.profile.get(), id)[0]) << lines[id];
        EXPECT_EQ(name, hp_profile_function(loaded.profile.get(), id)->name.data);
    }
}

} // namespace
