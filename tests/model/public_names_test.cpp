// SPDX-License-Identifier: MIT
/* What others see of the library: the header from C++, the exported names, the manual's example. */
#include "hotprof.h"

#include "hotprof_cxx.h"
#include "support/command.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>
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

/* The example of hotprof(3). */
TEST(ManualExample, CompilesAndPrintsTheProfile)
{
    const TemporaryDirectory directory;
    const std::string program = directory.file("example");
    const std::string library = HP_SHARED_LIBRARY;
    const std::string folder = library.substr(0, library.rfind('/'));
    std::vector<std::string> compile{HP_C_COMPILER, "-std=c11",   "-Wall",
                                     "-Wextra",     "-Wpedantic", "-Werror"};
    for (const char *option : std::vector<const char *>{HP_SANITIZE_OPTIONS})
        compile.emplace_back(option);
    for (const std::string &argument :
         {std::string(HP_SOURCE_DIR "/packaging/man/example.c"),
          std::string("-I" HP_SOURCE_DIR "/core"), "-L" + folder, "-Wl,-rpath," + folder,
          std::string("-lhotprof"), std::string("-o"), program})
        compile.push_back(argument);
    const Result compiled = run(compile);
    ASSERT_EQ(compiled.status, 0) << compiled.err;

    const Loaded loaded = load_file(data_path("hotshot/seed-calls.prof"));
    const hp_profile *profile = loaded.profile.get();
    std::string expected;
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
        const std::string self = std::to_string(hp_profile_function_self(profile, id)[0]);
        expected += std::string(12 - self.size(), ' ') + self + " " +
                    hp_profile_function(profile, id)->name.data + "\n";
    }
    EXPECT_GT(hp_profile_function_count(profile), 3u);
    const Result result = run({program, data_path("hotshot/seed-calls.prof")});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.out, expected);

    const Result missing = run({program, "missing.prof"});
    EXPECT_EQ(missing.status, 1);
    EXPECT_EQ(missing.out, "");
    EXPECT_EQ(missing.err.rfind("missing.prof: ", 0), 0u) << missing.err;
}

} // namespace
