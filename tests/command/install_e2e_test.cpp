// SPDX-License-Identifier: MIT
/* What is installed, and what others make of it; and the source tarball. */
#include "support/command.h"
#include "support/support.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <regex>
#include <set>

namespace
{

using namespace test;
namespace fs = std::filesystem;

class Install : public testing::Test
{
  protected:
    std::string runs(const std::vector<std::string> &command, const Surroundings &around = {})
    {
        const Result result = run(command, around);
        EXPECT_EQ(result.status, 0) << command[0] << ": " << result.out << result.err;
        return result.out;
    }

    /* Installs what is built in a directory below DESTDIR, and moves the prefix elsewhere. */
    std::string install(const std::string &build)
    {
        Surroundings around;
        around.environment = {{"DESTDIR", directory.file("staged")}};
        runs({"cmake", "--install", build}, around);
        const std::string prefix = directory.file("moved");
        fs::rename(directory.file("staged") + HP_INSTALL_PREFIX, prefix);
        return prefix;
    }

    std::string configure_and_build(const std::string &source,
                                    const std::vector<std::string> &options)
    {
        const std::string build = source + "/build";
        std::vector<std::string> configure{"cmake",
                                           "-G",
                                           "Ninja",
                                           "-S",
                                           source,
                                           "-B",
                                           build,
                                           "-DCMAKE_C_COMPILER=" HP_C_COMPILER,
                                           "-DCMAKE_CXX_COMPILER=" HP_CXX_COMPILER};
        configure.insert(configure.end(), options.begin(), options.end());
        runs(configure);
        runs({"cmake", "--build", build});
        return build;
    }

    TemporaryDirectory directory;
    const std::string log = data_path("hotshot/fib-lines.prof");
};

TEST_F(Install, PutsEverythingInItsPlace)
{
    const std::string prefix = install(HP_BUILD_DIR);
    for (const char *file :
         {"bin/hotreport", "bin/hotshot2cachegrind", "bin/hotshot2calltree", "include/hotprof.h",
          HP_LIBDIR "/libhotprof.so", HP_LIBDIR "/libhotprof.a", HP_LIBDIR "/pkgconfig/hotprof.pc",
          HP_LIBDIR "/cmake/hotprof/hotprof-config.cmake", "share/man/man1/hotreport.1",
          "share/man/man1/hotshot2calltree.1", "share/man/man3/hotprof.3",
          "share/man/man7/hotprof.7", "share/man/man7/hotprof-fleet.7",
          "share/hotprof/hotreport.schema.json", "share/bash-completion/completions/hotreport",
          "share/zsh/site-functions/_hotreport"})
        EXPECT_TRUE(fs::exists(prefix + "/" + file)) << file;
    EXPECT_EQ(runs({prefix + "/bin/hotreport", "--format=json", log}),
              hotreport({"--format=json", log}).out);
}

TEST_F(Install, PutsTheRecorderWherePythonLooks)
{
    if (std::string(HP_INSTALLED_RECORDER).empty())
        GTEST_SKIP() << "built without the recorder for Python";
    const std::string prefix = install(HP_BUILD_DIR);
    EXPECT_TRUE(fs::exists(prefix + "/share/man/man1/hotshot.1"));
    Surroundings around;
    around.directory = directory.path();
    around.environment = {{"PYTHONPATH", prefix + "/" HP_INSTALLED_RECORDER}};
    directory.write("program.py", "def f(): pass\nf()\n");
    runs({HP_PYTHON, "-m", "hotshot", "program.py"}, around);
    EXPECT_NE(hotreport({"-f", "flat", directory.file("run.prof")}).out.find("f (program.py:1)"),
              std::string::npos);
}

TEST_F(Install, IsFoundByCMake)
{
    fs::copy(HP_SOURCE_DIR "/tests/consumer", directory.file("consumer"));
    const std::string build = configure_and_build(directory.file("consumer"),
                                                  {"-DCMAKE_PREFIX_PATH=" + install(HP_BUILD_DIR)});
    for (const char *program : {"shared", "static", "cxx"})
        EXPECT_EQ(runs({build + "/" + program, log}), "3 functions\n") << program;
}

TEST_F(Install, IsFoundByPkgConfig)
{
    const std::string library = install(HP_BUILD_DIR) + "/" HP_LIBDIR;
    Surroundings around;
    around.directory = directory.path();
    around.environment = {{"PKG_CONFIG_PATH", library + "/pkgconfig"},
                          {"LD_LIBRARY_PATH", library}};
    const std::string compile = HP_C_COMPILER " " HP_SOURCE_DIR "/tests/consumer/consumer.c -o ";
    runs({"sh", "-c", compile + "shared $(pkg-config --cflags --libs hotprof)"}, around);
    EXPECT_EQ(runs({directory.file("shared"), log}, around), "3 functions\n");
    runs({"sh", "-c",
          compile + "static $(pkg-config --cflags hotprof) " + library +
              "/libhotprof.a $(pkg-config --libs-only-l --static hotprof | sed s/-lhotprof//)"},
         around);
    EXPECT_EQ(runs({directory.file("static"), log}), "3 functions\n");
    EXPECT_EQ(runs({"pkg-config", "--modversion", "hotprof"}, around), HP_PROJECT_VERSION "\n");
}

const std::set<std::string> plugins = {"accessiblebridge/libhotprof.so", "generic/libhotprof.so",
                                       "imageformats/libhotprof.so",
                                       "hotprof/libhotprof-engine.so"};

std::set<std::string> files_below(const std::string &directory)
{
    std::set<std::string> files;
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(directory))
        if (!entry.is_directory())
            files.insert(entry.path().string().substr(directory.size() + 1));
    return files;
}

TEST_F(Install, PutsThePluginWhereQtLooks)
{
    const std::string own = HP_QT_PLUGINS;
    if (own.empty())
        GTEST_SKIP() << "built without the plugin";
    for (const std::string prefix : {"/usr", "/usr/local"}) {
        Surroundings around;
        around.environment = {{"DESTDIR", directory.file(prefix)}};
        const std::string said =
            runs({"cmake", "--install", HP_BUILD_DIR, "--prefix", prefix}, around);
        EXPECT_EQ(files_below(directory.file(prefix) + own), plugins);
        EXPECT_EQ(said.find("QT_PLUGIN_PATH"), std::string::npos) << said;
    }
}

TEST_F(Install, PutsThePluginBelowAPrefixOfTheUser)
{
    const std::string own = HP_QT_PLUGINS;
    if (own.empty())
        GTEST_SKIP() << "built without the plugin";
    const std::string one = own + "/" + *plugins.begin();
    const bool was_there = fs::exists(one);
    const std::string prefix = directory.file("home");
    const std::string said = runs({"cmake", "--install", HP_BUILD_DIR, "--prefix", prefix});
    EXPECT_EQ(fs::exists(one), was_there);
    const std::string line = "QT_PLUGIN_PATH=" + prefix + "/";
    const size_t start = said.find(line);
    ASSERT_NE(start, std::string::npos) << said;
    const std::string below =
        said.substr(start + line.size(), said.find('\n', start) - start - line.size());
    EXPECT_EQ(files_below(prefix + "/" + below), plugins);
}

TEST_F(Install, SourceTarballBuildsWithACCompilerAndZlibAlone)
{
    Surroundings around;
    around.directory = directory.path();
    runs({"cpack", "--config", HP_BUILD_DIR "/CPackSourceConfig.cmake", "-B", directory.path()});
    runs({"tar", "xf", "hotprof-" HP_PROJECT_VERSION ".tar.gz"}, around);
    const std::string source = directory.file("hotprof-" HP_PROJECT_VERSION);
    EXPECT_FALSE(fs::exists(source + "/.git") || fs::exists(source + "/build"));
    around.directory = source;
    around.environment = {{"CC", HP_C_COMPILER}, {"CXX", "/bin/false"}};
    const std::string said =
        runs({"cmake", "-S", ".", "-B", "build", "-DCMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON",
              "-DCMAKE_DISABLE_FIND_PACKAGE_Python3=ON"},
             around);
    for (const char *line : {"-- Without the tests: not found: a C++ compiler\n",
                             "-- Without the KCachegrind plugin: not found: a C++ compiler\n",
                             "-- Without pdf, ps, svg and png: "})
        EXPECT_NE(said.find(line), std::string::npos) << line << said;
    runs({"cmake", "--build", "build"}, around);
    EXPECT_EQ(runs({source + "/build/bin/hotreport", log}), hotreport({log}).out);
    EXPECT_FALSE(fs::exists(source + "/build/plugins") || fs::exists(source + "/build/tests"));
}

/* --- What is not installed ----------------------------------------------------------------- */

class Configure : public testing::Test
{
  protected:
    Result configure(const std::vector<std::string> &options) const
    {
        std::vector<std::string> command{"cmake",
                                         "-G",
                                         "Ninja",
                                         "-S",
                                         HP_SOURCE_DIR,
                                         "-B",
                                         directory.file("build"),
                                         "-DCMAKE_C_COMPILER=" HP_C_COMPILER,
                                         "-DCMAKE_CXX_COMPILER=" HP_CXX_COMPILER};
        for (const char *package : {"GTest", "nlohmann_json", "Qt5", "Qt6"})
            command.push_back(std::string("-DCMAKE_DISABLE_FIND_PACKAGE_") + package + "=ON");
        command.insert(command.end(), options.begin(), options.end());
        return run(command);
    }

    TemporaryDirectory directory;
};

TEST_F(Configure, SaysWhatIsLeftOutAndWhy)
{
    const Result result =
        configure({"-DHP_QT_VERSION=6", "-DCMAKE_DISABLE_FIND_PACKAGE_Python3=ON"});
    EXPECT_EQ(result.status, 0) << result.err;
    for (const char *line : {"-- Without the tests: not found: GTest, nlohmann_json\n",
                             "-- Without the KCachegrind plugin: not found: Qt 6 with its private "
                             "headers (Debian's qt6-base-private-dev)\n",
                             "-- Without the recorder for Python: not found: Python 3.8 or newer "
                             "with its development files (Debian's python3-dev)\n"})
        EXPECT_NE(result.out.find(line), std::string::npos) << line << result.out;
    EXPECT_FALSE(fs::exists(directory.file("build/tests")));

    const Result without = configure({"-DHP_QT_VERSION=6", "-DHP_TESTS=OFF"});
    EXPECT_NE(without.out.find("-- Without the tests: not found: GTest, nlohmann_json\n"),
              std::string::npos)
        << without.out;
}

/* What was not found is looked for again. */
TEST_F(Configure, RemembersNothingThatIsLeftOut)
{
    EXPECT_EQ(configure({}).status, 0);
    const std::string cache = read_file(directory.file("build/CMakeCache.txt"));
    for (const char *option : {"HP_TESTS:", "HP_PLUGIN:", "HP_QT_VERSION:"})
        EXPECT_EQ(cache.find(std::string("\n") + option), std::string::npos) << option;
}

TEST_F(Configure, TakesTheQtOfKCachegrind)
{
    for (const std::string qt : {"5", "6"}) {
        const std::string name = "libQt" + qt + "Core.so." + qt;
        const std::string kcachegrind = directory.write(
            "kcachegrind" + qt, "\177ELF" + std::string("\0libc.so.6\0", 11) + name + '\0');
        const Result result = configure({"-DHP_KCACHEGRIND=" + kcachegrind});
        EXPECT_EQ(result.status, 0) << result.err;
        for (const std::string &line :
             {"-- KCachegrind uses Qt " + qt + " (" + kcachegrind + ")\n",
              "-- Without the KCachegrind plugin: not found: Qt " + qt + " with "})
            EXPECT_NE(result.out.find(line), std::string::npos) << line << result.out;
        EXPECT_EQ(result.err.find("HP_QT_VERSION"), std::string::npos) << result.err;

        const std::string other = qt == "5" ? "6" : "5";
        const Result forced =
            configure({"-DHP_KCACHEGRIND=" + kcachegrind, "-DHP_QT_VERSION=" + other});
        const std::string warning = "HP_QT_VERSION is " + other + ", but KCachegrind uses Qt " + qt;
        EXPECT_NE(forced.err.find(warning), std::string::npos) << forced.err;
        fs::remove_all(directory.file("build"));
    }
}

TEST_F(Configure, RefusesWhatIsAskedForAndCannotBeBuilt)
{
    for (const auto &[option, lacking] :
         {std::pair("HP_TESTS", "GTest, nlohmann_json"),
          std::pair("HP_PLUGIN",
                    "Qt 6 with its private headers (Debian's qt6-base-private-dev)")}) {
        const Result result = configure({"-DHP_QT_VERSION=6", std::string("-D") + option + "=ON"});
        EXPECT_EQ(result.status, 1) << option;
        const std::string said = std::regex_replace(result.err, std::regex("\\s+"), " ");
        EXPECT_NE(said.find(std::string(option) + " is ON, but not found: " + lacking + " "),
                  std::string::npos)
            << result.err;
        fs::remove_all(directory.file("build"));
    }
}

/* Another compiler has other warnings. */
TEST_F(Configure, TakesWarningsForErrorsOnlyIfAsked)
{
    for (const std::string asked : {"OFF", "ON"}) {
        const Result result = configure(
            asked == "ON" ? std::vector<std::string>{"-DCMAKE_COMPILE_WARNING_AS_ERROR=ON"}
                          : std::vector<std::string>{});
        EXPECT_EQ(result.status, 0) << result.err;
        const std::string rules = read_file(directory.file("build/build.ninja"));
        EXPECT_NE(rules.find("-Wall"), std::string::npos);
        EXPECT_EQ(rules.find("-Werror") != std::string::npos, asked == "ON");
    }
}

/* pip has the recorder from its sources, of which it leaves the folder as it was. */
TEST_F(Install, PipInstallsTheRecorder)
{
    if (run({"/usr/bin/python3", "-c", "import setuptools, wheel, pip"}).status != 0)
        GTEST_SKIP() << "python3 has no pip, setuptools and wheel";
    const auto files = [] {
        std::set<std::string> found;
        for (const auto &entry : fs::recursive_directory_iterator(HP_SOURCE_DIR "/plugins/python"))
            if (entry.path().string().find("__pycache__") == std::string::npos)
                found.insert(entry.path());
        return found;
    };
    const std::set<std::string> before = files();
    const std::string target = directory.file("packages"), recorded = directory.file("p.prof");
    runs({"/usr/bin/python3", "-m", "pip", "install", "--quiet", "--no-index", "--no-deps",
          "--no-build-isolation", "--disable-pip-version-check", "--target", target,
          HP_SOURCE_DIR "/plugins/python"});
    EXPECT_EQ(files(), before);

    const std::string program = directory.write("p.py", "def f():\n    return 1\nf()\nf()\n");
    Surroundings around;
    around.environment = {{"PYTHONPATH", target}};
    runs({"/usr/bin/python3", "-m", "hotshot", "-o", recorded, program}, around);
    const std::string flat = hotreport({"-f", "flat", "--brief", recorded}).out;
    EXPECT_NE(flat.find(" f (p.py:1)"), std::string::npos) << flat;
}

} // namespace
