// SPDX-License-Identifier: MIT
/* What file managers make of profiles once the plugin's files are installed. */
#include "support/command.h"
#include "support/support.h"
extern "C" {
#include "input/reader.h"
}

#include <filesystem>
#include <gtest/gtest.h>
#include <set>

using namespace std::string_literals;

namespace
{

const std::string desktop = HP_DESKTOP "/";
const std::string entry = "org.kde.kcachegrind.hotprof.desktop";

class Desktop : public testing::Test
{
  protected:
    Desktop()
    {
        std::filesystem::create_directories(directory.file("mime/packages"));
        std::filesystem::create_directories(directory.file("applications"));
        directory.write("mime/packages/hotprof.xml", test::read_file(desktop + "hotprof.xml"));
        directory.write("applications/" + entry, test::read_file(desktop + entry));
        /* xdg-mime asks the MIME database only where there is a desktop. */
        around.environment = {{"XDG_DATA_HOME", directory.path()},
                              {"XDG_CONFIG_HOME", directory.path()},
                              {"XDG_CURRENT_DESKTOP", "GNOME"},
                              {"LC_ALL", "C.UTF-8"}};
        says({"update-mime-database", directory.file("mime")});
        says({"update-desktop-database", directory.file("applications")});
    }

    std::string says(const std::vector<std::string> &command)
    {
        const test::Result result = test::run(command, around);
        EXPECT_EQ(result.status, 0) << command[0] << ": " << result.out << result.err;
        return result.out;
    }

    std::string type_of(const std::string &name, const std::string &content)
    {
        return says({"xdg-mime", "query", "filetype", directory.write(name, content)});
    }

    test::TemporaryDirectory directory;
    test::Surroundings around;
};

TEST_F(Desktop, FilesAreValid)
{
    EXPECT_EQ(says({"desktop-file-validate", desktop + entry}), "");
    /* Its exit status is that of a warning. */
    const test::Result result = test::run({"appstreamcli", "validate", "--no-net",
                                           desktop + "org.kde.kcachegrind.hotprof.metainfo.xml"},
                                          around);
    const std::string said = result.out + result.err;
    EXPECT_NE(said.find("Validation "), std::string::npos) << said;
    for (const std::string &line : test::lines_of(said))
        if (line.find("E: ") != std::string::npos || line.find("W: ") != std::string::npos) {
            EXPECT_NE(line.find("url-homepage-missing"), std::string::npos) << said;
        }
}

/* By the ending of its name, and without one where the content tells. */
TEST_F(Desktop, KnowsProfiles)
{
    std::set<std::string> told;
    for (const std::string &path : test::samples_of_every_format()) {
        const std::string profile = test::read_file(test::data_path(path));
        const hp_reader *reader = nullptr;
        for (size_t i = 0; (reader = hp_reader_at(i)); i++)
            if (&reader->format == hp_format_recognise(profile.data(), profile.size()))
                break;
        ASSERT_NE(reader, nullptr);
        const hp_mime &mime = reader->mime;
        if (!mime.type)
            continue;
        EXPECT_EQ(type_of("x" + std::string(mime.pattern + 1), profile), mime.type + "\n"s) << path;
        for (const hp_string &magic : mime.magic)
            if (magic.size &&
                profile.substr(0, mime.inside ? 256 + magic.size : magic.size)
                        .find(std::string_view(magic.data, magic.size)) != std::string::npos) {
                EXPECT_EQ(type_of("x", profile), mime.type + "\n"s) << path;
                told.insert(mime.type);
            }
    }
    EXPECT_EQ(told.size(), 5U);
    EXPECT_EQ(type_of("x", "{\"a\": 1}\n").find("python"), std::string::npos);
}

TEST_F(Desktop, OpensThemInKCachegrind)
{
    for (size_t i = 0; hp_reader_at(i); i++)
        if (const char *type = hp_reader_at(i)->mime.type) {
            EXPECT_EQ(says({"xdg-mime", "query", "default", type}), entry + "\n");
        }
}

} // namespace
