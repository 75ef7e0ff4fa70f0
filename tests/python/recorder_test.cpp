// SPDX-License-Identifier: MIT
/* Runs the tests of the recorder, each of which is a program test_NAME.py, under each Python. */
#include "support/command.h"
#include "support/support.h"

#include <gtest/gtest.h>
#include <sstream>

namespace
{

using namespace test;

struct Python {
    std::string tag, executable, directory; /* of the module hotshot; no tag: there is none */
};

std::ostream &operator<<(std::ostream &out, const Python &python)
{
    return out << python.tag;
}

std::vector<std::string> words(const std::string &text)
{
    std::istringstream in(text);
    std::vector<std::string> all;
    for (std::string word; in >> word;)
        all.push_back(word);
    return all;
}

std::vector<Python> pythons()
{
    std::vector<Python> all;
    for (const std::string &word : words(HP_PYTHONS)) {
        const size_t first = word.find('='), second = word.find('=', first + 1);
        all.push_back({word.substr(0, first), word.substr(first + 1, second - first - 1),
                       word.substr(second + 1)});
    }
    if (all.empty())
        all.push_back({"", "", ""});
    return all;
}

class Recorder : public testing::TestWithParam<std::tuple<Python, std::string>>
{
};

TEST_P(Recorder, Passes)
{
    const auto &[python, name] = GetParam();
    if (python.tag.empty())
        GTEST_SKIP() << "Python 3.8 or newer with its development files is not found";
    const TemporaryDirectory directory;
    Surroundings around;
    around.directory = directory.path();
    around.environment = {{"PYTHONPATH", python.directory},
                          {"PYTHONDONTWRITEBYTECODE", "1"},
                          {"HP_HOTREPORT", HP_BIN_DIR "/hotreport"},
                          {"HP_PRELOAD", HP_PRELOAD}};
    if (HP_SANITIZED) {
        /* Python itself leaves much behind. */
        around.environment["LD_PRELOAD"] = HP_PRELOAD;
        around.environment["ASAN_OPTIONS"] = "detect_leaks=0";
    }
    const Result result =
        run({python.executable, HP_SOURCE_DIR "/tests/python/test_" + name + ".py"}, around);
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_NE(result.err.find("\nRan "), std::string::npos) << result.err;
}

INSTANTIATE_TEST_SUITE_P(Python, Recorder,
                         testing::Combine(testing::ValuesIn(pythons()),
                                          testing::ValuesIn(words(HP_PYTHON_MODULES))),
                         [](const auto &test) {
                             return std::get<0>(test.param).tag + "_" + std::get<1>(test.param);
                         });

} // namespace
