// SPDX-License-Identifier: MIT
/* packaging/check_rooms finds what breaks the layers of the source. */
#include "support/command.h"
#include "support/support.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace
{

using namespace test;
namespace fs = std::filesystem;

class Rooms : public testing::Test
{
  protected:
    void SetUp() override
    {
        for (const char *folder : {"core", "reports", "plugins", "packaging"})
            fs::copy(HP_SOURCE_DIR "/" + std::string(folder), directory.file(folder),
                     fs::copy_options::recursive);
        around.directory = directory.path();
        ASSERT_EQ(run({"git", "init", "-q"}, around).status, 0);
    }

    /* What the check prints of the copy. */
    std::string faults()
    {
        const Result result = run({"packaging/check_rooms"}, around);
        EXPECT_EQ(result.status, result.out.find("no circle") == std::string::npos ? 1 : 0)
            << result.out << result.err;
        return result.out;
    }

    void add_line(const std::string &file, const std::string &line)
    {
        write_file(directory.file(file), read_file(directory.file(file)) + line + "\n");
    }

    TemporaryDirectory directory;
    Surroundings around;
};

TEST_F(Rooms, OfTheSourceAreInLayers)
{
    EXPECT_NE(faults().find(" includes, no circle\n"), std::string::npos);
}

TEST_F(Rooms, AreNotClimbed)
{
    add_line("core/model/index.c", "#include \"pstats/marshal.h\"");
    add_line("reports/graph/callgraph.c", "#include \"model/profile.h\"");
    const std::string found = faults();
    EXPECT_NE(found.find("core/model/index.c: includes core/pstats/marshal.h, which core/model may "
                         "not\n"),
              std::string::npos)
        << found;
    EXPECT_NE(found.find("reports/graph/callgraph.c: includes core/model/profile.h, which "
                         "reports/graph may not\n"),
              std::string::npos)
        << found;
}

TEST_F(Rooms, HaveNoCircles)
{
    add_line("core/model/index.h", "#include \"model/profile.h\"");
    EXPECT_NE(faults().find("a circle through #includes of files: "), std::string::npos);
}

TEST_F(Rooms, AreNotCrowded)
{
    for (int i = 0; i < 40; i++)
        directory.write("core/model/new" + std::to_string(i) + ".c", "");
    EXPECT_NE(faults().find("core/model: "), std::string::npos);
}

/* As the README says: a file and a row. */
TEST_F(Rooms, AreAsManyAsFormats)
{
    directory.write("core/toy/read_toy.c", read_file(HP_SOURCE_DIR "/tests/toy/read_toy.c"));
    EXPECT_NE(faults().find("core/toy/read_toy.c: is in no room"), std::string::npos);
    add_line("core/formats.def", "HP_FORMAT(toy)");
    EXPECT_NE(faults().find(" includes, no circle\n"), std::string::npos);
}

TEST_F(Rooms, HoldEveryFile)
{
    fs::create_directory(directory.file("core/utils"));
    directory.write("core/utils/new.c", "");
    EXPECT_NE(faults().find("core/utils/new.c: is in no room"), std::string::npos);
}

} // namespace
