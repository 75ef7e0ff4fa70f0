// SPDX-License-Identifier: MIT
/* What a QFile sees once profiles open as their callgrind reports. */
#include "profile_file_engine.h"
#include "support/log_writer.h"
#include "support/support.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QTextStream>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <thread>

namespace
{

using test::LogWriter;

/* g takes the microseconds given, called by f. */
std::string log_with(uint64_t microseconds)
{
    return LogWriter::with_header(false, false)
        .define_file(1, "m.py")
        .define_function(1, 10, "f")
        .define_function(1, 20, "g")
        .enter(1, 10, 5)
        .enter(1, 20, 7)
        .exit(microseconds)
        .exit(3)
        .bytes();
}

/* All of the log before its header's end, and then a record that does not exist. */
std::string corrupt_at_once()
{
    return LogWriter::with_header(false, false).raw("\xf3\xf3\xf3").bytes();
}

std::string report_of(const std::string &bytes)
{
    test::Loaded loaded = test::load_bytes(bytes);
    return test::report("callgrind", loaded.profile.get());
}

QString qt(const std::string &text)
{
    return QFile::decodeName(text.c_str());
}

std::string read_all(const std::string &path)
{
    QFile file(qt(path));
    if (!file.open(QIODevice::ReadOnly))
        return "cannot be opened: " + file.errorString().toStdString();
    return file.readAll().toStdString();
}

/* As KCachegrind looks for the parts of a profile before it opens them. */
QStringList list_parts(const std::string &path)
{
    const QFileInfo info(qt(path));
    return info.dir().entryList({info.fileName() + "*"}, QDir::Files);
}

class PluginEngine : public testing::Test
{
  protected:
    test::TemporaryDirectory directory;
    const std::string log = log_with(100);
    const std::string report = report_of(log);
    const std::string path = directory.write("x.prof", log);
};

class PluginEngineSample : public testing::TestWithParam<std::string>
{
};

TEST_P(PluginEngineSample, ReadsAsItsCallgrindReport)
{
    const std::string path = test::data_path(GetParam());
    if (GetParam().rfind("callgrind/", 0) == 0) { /* which KCachegrind reads itself */
        EXPECT_EQ(read_all(path), test::read_file(path));
        return;
    }
    test::Loaded loaded = test::load_file(path);
    const bool empty = hp_profile_function_count(loaded.profile.get()) == 0;
    EXPECT_EQ(read_all(path), loaded.status != HP_OK && empty
                                  ? std::string("cannot be opened: ") + loaded.error.message
                                  : test::report("callgrind", loaded.profile.get()));
}

INSTANTIATE_TEST_SUITE_P(, PluginEngineSample, testing::ValuesIn(test::samples_of_every_format()),
                         [](const auto &instance) {
                             return test::test_name(instance.param);
                         });

TEST_F(PluginEngine, ReadsAnyPart)
{
    QFile file(qt(path));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly | QIODevice::Unbuffered));
    EXPECT_EQ(file.size(), qint64(report.size()));
    EXPECT_FALSE(file.isSequential());
    EXPECT_EQ(file.handle(), -1);
    for (const size_t offset : {size_t(0), size_t(1), report.size() / 2, report.size() - 1})
        for (const size_t size : {size_t(1), size_t(7), report.size()}) {
            ASSERT_TRUE(file.seek(qint64(offset)));
            EXPECT_EQ(file.pos(), qint64(offset));
            EXPECT_FALSE(file.atEnd());
            EXPECT_EQ(file.read(qint64(size)).toStdString(), report.substr(offset, size));
            EXPECT_EQ(file.pos(), qint64(std::min(offset + size, report.size())));
            EXPECT_EQ(file.atEnd(), offset + size >= report.size());
        }
    EXPECT_FALSE(file.seek(-1));
    EXPECT_TRUE(file.seek(qint64(report.size()) + 10));
    EXPECT_TRUE(file.atEnd());
    EXPECT_TRUE(file.read(10).isEmpty());
    EXPECT_EQ(file.error(), QFile::NoError);
}

TEST_F(PluginEngine, ReadsLineByLine)
{
    QFile file(qt(path));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly | QIODevice::Text));
    QTextStream stream(&file);
    std::vector<std::string> lines;
    while (!stream.atEnd())
        lines.push_back(stream.readLine().toStdString());
    std::string expected;
    for (const std::string &line : lines)
        expected += line + "\n";
    EXPECT_EQ(expected, report);

    ASSERT_TRUE(file.seek(0));
    EXPECT_EQ(file.readLine().toStdString(), "# callgrind format\n");
    EXPECT_EQ(file.peek(8).toStdString(), "version:");
    char byte;
    EXPECT_TRUE(file.getChar(&byte));
    EXPECT_EQ(byte, 'v');
}

TEST_F(PluginEngine, Maps)
{
    QFile file(qt(path));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    const auto text = [](const uchar *address, size_t size) {
        return std::string(reinterpret_cast<const char *>(address), size);
    };
    uchar *whole = file.map(0, file.size());
    uchar *part = file.map(10, 20);
    ASSERT_TRUE(whole && part);
    EXPECT_FALSE(file.map(0, file.size() + 1));
    EXPECT_FALSE(file.map(-1, 1));
    EXPECT_FALSE(file.map(file.size(), 1));
    EXPECT_FALSE(file.map(1, std::numeric_limits<qint64>::max()));

    EXPECT_TRUE(file.unmap(part));
    EXPECT_FALSE(file.unmap(part));
    file.close();
    directory.write("x.prof", log_with(200)); // and the file's next state is read by another
    EXPECT_NE(read_all(path), report);
    EXPECT_EQ(text(whole, report.size()), report);
    EXPECT_TRUE(file.unmap(whole));
}

TEST_F(PluginEngine, AllElseIsTheFilesOwn)
{
    struct stat status;
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    const QFileInfo info(qt(path));
    EXPECT_TRUE(info.isFile());
    EXPECT_TRUE(info.isReadable());
    EXPECT_EQ(info.size(), qint64(log.size()));
    EXPECT_EQ(info.lastModified().toSecsSinceEpoch(), status.st_mtim.tv_sec);
    EXPECT_EQ(info.absoluteFilePath().toStdString(), path);
    EXPECT_EQ(info.canonicalPath(), QFileInfo(qt(directory.path())).canonicalFilePath());
    EXPECT_EQ(info.ownerId(), getuid());
    EXPECT_EQ(QFile(qt(path)).size(), qint64(log.size()));
    EXPECT_EQ(symlink("x.prof", directory.file("link").c_str()), 0);
    EXPECT_TRUE(QFileInfo(qt(directory.file("link"))).isSymLink());
    EXPECT_EQ(read_all(directory.file("link")), report);

    EXPECT_TRUE(QFile::rename(qt(path), qt(directory.file("y.prof"))));
    EXPECT_EQ(test::read_file(directory.file("y.prof")), log);
    EXPECT_TRUE(QFile::remove(qt(directory.file("y.prof"))));
    EXPECT_EQ(test::list_directory(directory.path()), std::vector<std::string>{"link"});
}

TEST_F(PluginEngine, IsNeverWritten)
{
    struct stat before, after;
    ASSERT_EQ(stat(path.c_str(), &before), 0);
    for (const QIODevice::OpenMode mode :
         {QIODevice::OpenMode(QIODevice::WriteOnly), QIODevice::OpenMode(QIODevice::ReadWrite),
          QIODevice::ReadWrite | QIODevice::Truncate, QIODevice::WriteOnly | QIODevice::Append}) {
        QFile file(qt(path));
        EXPECT_FALSE(file.open(mode));
        EXPECT_NE(file.error(), QFile::NoError);
        EXPECT_EQ(file.errorString().toStdString(), "Permission denied");
    }
    QFile file(qt(path));
    EXPECT_FALSE(file.resize(1));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    EXPECT_FALSE(file.resize(1));
    ASSERT_EQ(stat(path.c_str(), &after), 0);
    EXPECT_EQ(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    EXPECT_EQ(test::read_file(path), log);
}

TEST_F(PluginEngine, ManyAreOpenAtOnce)
{
    const std::string other = log_with(200);
    QFile one(qt(path)), two(qt(path)), three(qt(directory.write("y.prof", other)));
    for (QFile *file : {&one, &two, &three})
        ASSERT_TRUE(file->open(QIODevice::ReadOnly));
    one.seek(10);
    EXPECT_EQ(two.readAll().toStdString(), report);
    EXPECT_EQ(one.readAll().toStdString(), report.substr(10));
    EXPECT_EQ(three.readAll().toStdString(), report_of(other));
}

TEST_F(PluginEngine, OpensInEveryThread)
{
    std::vector<std::thread> threads;
    std::vector<std::string> texts(8);
    for (std::string &text : texts)
        threads.emplace_back([&] {
            text = read_all(path);
        });
    for (std::thread &thread : threads)
        thread.join();
    for (const std::string &text : texts)
        EXPECT_EQ(text, report);
}

TEST_F(PluginEngine, ReadsGzip)
{
    EXPECT_EQ(read_all(directory.write("x.gz", test::gzip(log))), report);
}

TEST_F(PluginEngine, IsConvertedOnceForEachStateOfTheFile)
{
    EXPECT_EQ(read_all(path), report);
    struct stat status;
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    const timespec times[] = {status.st_atim, status.st_mtim};

    // Different bytes in the same state show whether they are read again.
    const std::string other = log_with(101);
    ASSERT_EQ(other.size(), log.size());
    directory.write("x.prof", other);
    ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
    EXPECT_EQ(read_all(path), report);

    const timespec later[] = {status.st_atim, {status.st_mtim.tv_sec, 0}};
    ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), later, 0), 0);
    EXPECT_EQ(read_all(path), report_of(other));
}

TEST_F(PluginEngine, LeavesOtherFilesAlone)
{
    for (const std::string &content :
         {std::string(), std::string("text\n"), std::string("\x13\x0fhotshot", 9), report})
        EXPECT_EQ(read_all(directory.write("other", content)), content);
    EXPECT_EQ(read_all(directory.file("missing")), "cannot be opened: No such file or directory");
    EXPECT_FALSE(QFile(qt(directory.path())).open(QIODevice::ReadOnly));
    EXPECT_TRUE(QFileInfo(qt(directory.path())).isDir());
    ASSERT_EQ(mkfifo(directory.file("fifo").c_str(), 0600), 0);
    EXPECT_FALSE(QFileInfo(qt(directory.file("fifo"))).isFile()); // and does not wait for a writer
    QFile out(qt(directory.file("new")));
    EXPECT_TRUE(out.open(QIODevice::WriteOnly));
}

TEST_F(PluginEngine, HasNoPartsButItself)
{
    for (const char *name : {"x.prof.log", "x.prof.gz", "x.prof.bak", "x.prof.1"})
        directory.write(name, log);
    EXPECT_EQ(list_parts(path), QStringList{"x.prof"});
    EXPECT_EQ(QDir(qt(directory.path())).entryList(QDir::Files).size(), 5);
    EXPECT_EQ(QDir(qt(directory.path())).entryList({"*.log"}).size(), 1);
}

TEST_F(PluginEngine, PartsAreWhatAPrefixAsksFor)
{
    for (const char *name : {"run.1", "run.2"})
        directory.write(name, log);
    EXPECT_EQ(list_parts(directory.file("run")), (QStringList{"run.1", "run.2"}));
}

/* Callgrind leaves an empty file where it writes parts. */
TEST_F(PluginEngine, LeavesThePartsOfCallgrindFilesToKCachegrind)
{
    for (const std::string &first : {report, std::string()}) {
        directory.write("callgrind.out.7", first);
        directory.write("callgrind.out.7.1", report);
        directory.write("callgrind.out.7.prof", log);
        const QStringList parts{"callgrind.out.7", "callgrind.out.7.1"};
        EXPECT_EQ(list_parts(directory.file("callgrind.out.7")), parts);
        testing::internal::CaptureStderr();
        EXPECT_EQ(read_all(directory.file("callgrind.out.7")), first);
        EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    }
}

TEST_F(PluginEngine, ShowsNoOtherFileInPlaceOfOneThatIsNoProfile)
{
    directory.write("y.prof.bak", log);
    for (const char *content : {"", "text\n"}) {
        directory.write("y.prof", content);
        EXPECT_EQ(list_parts(directory.file("y.prof")), QStringList{"y.prof"});
    }
}

/* Not what happens to have a name that begins with its name. */
TEST_F(PluginEngine, ShowsThatAFileIsEmptyAndNotWhatIsWrongWithAnother)
{
    const std::string empty = directory.write("z.prof", "");
    directory.write("z.prof.txt", "text\n");
    directory.write("z.prof.old", "");
    EXPECT_EQ(list_parts(empty), QStringList{"z.prof"});
    testing::internal::CaptureStderr();
    EXPECT_EQ(read_all(empty).rfind("cannot be opened: expected a profile ", 0), 0u);
    EXPECT_EQ(testing::internal::GetCapturedStderr().rfind("hotprof: " + empty + ": expected ", 0),
              0u);

    directory.write("callgrind.out.8", report);
    directory.write("callgrind.out.8.txt", "text\n");
    EXPECT_EQ(list_parts(directory.file("callgrind.out.8")), QStringList{"callgrind.out.8"});
}

/* What is left out silently would be missing in the sum. */
TEST_F(PluginEngine, DoesNotLeaveOutPartsThatCannotBeRead)
{
    directory.write("callgrind.out.9", report);
    directory.write("callgrind.out.9.1", report);
    ASSERT_EQ(chmod(directory.path().c_str(), 0755), 0);
    ASSERT_EQ(chmod(directory.file("callgrind.out.9.1").c_str(), 0), 0);
    const uid_t user = geteuid();
    if (user == 0) { // who may read everything
        ASSERT_EQ(seteuid(65534), 0);
    }
    const QStringList parts = list_parts(directory.file("callgrind.out.9"));
    testing::internal::CaptureStderr();
    EXPECT_EQ(read_all(directory.file("callgrind.out.9.1")),
              "cannot be opened: cannot be opened: Permission denied");
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "hotprof: " + directory.file("callgrind.out.9.1") +
                  ": cannot be opened: Permission denied\n");
    ASSERT_EQ(seteuid(user), 0);
    EXPECT_EQ(parts, (QStringList{"callgrind.out.9", "callgrind.out.9.1"}));
}

/* Names that mean something in a pattern, and those that patterns pass over. */
TEST_F(PluginEngine, ListsFilesOfAnyName)
{
    directory.write("br1.prof", log_with(1));
    for (const std::string name : {"br[1].prof", "[]]", "[!a-z]", "[x][y].p", "]", "x?.prof", "*",
                                   ".hidden.prof", ".[x]", "x\\y"})
        for (const std::string &content : {log, report, std::string("text\n"), std::string()}) {
            const bool good = content == log || content == report;
            const std::string file = directory.write(name, content);
            const QStringList listed = list_parts(file);
            ASSERT_EQ(listed.size(), 1) << name << " " << content.size();
            testing::internal::CaptureStderr();
            const std::string text = read_all(directory.file(listed[0].toStdString()));
            EXPECT_EQ(testing::internal::GetCapturedStderr().empty(), good) << name;
            if (good) {
                EXPECT_EQ(text, report) << name;
            } else {
                EXPECT_EQ(text.rfind("cannot be opened: expected ", 0), 0u) << name << text;
            }
            std::filesystem::remove(file);
        }
    list_parts(path);
    EXPECT_EQ(read_all(directory.file("br1.prof")), report_of(log_with(1)));
}

TEST_F(PluginEngine, TellsOfANameThatKCachegrindCannotFind)
{
    const std::string file = directory.write("br[1.prof", log);
    testing::internal::CaptureStderr();
    list_parts(file);
    const std::string told = testing::internal::GetCapturedStderr();
    EXPECT_NE(told.find("hotprof: " + file + ": cannot be found under this name, "),
              std::string::npos)
        << told;
}

TEST_F(PluginEngine, HidesHiddenFilesFromOtherListings)
{
    directory.write(".x.prof", log);
    directory.write("[.prof", log);
    EXPECT_EQ(list_parts(directory.file(".x.prof")), QStringList{".x.prof"});
    const QDir dir(qt(directory.path()));
    list_parts(path);
    EXPECT_EQ(dir.entryList(QDir::Files), (QStringList{"[.prof", "x.prof"}));
    std::thread([&] { // where file dialogs look
        EXPECT_EQ(QFileInfo(dir.filePath("[.prof")).fileName(), "[.prof");
    })
        .join();
}

TEST_F(PluginEngine, TellsOnceWhatIsWrongWithADamagedProfile)
{
    const std::string cut = directory.write("cut.prof", log.substr(0, log.size() - 1));
    testing::internal::CaptureStderr();
    EXPECT_EQ(read_all(cut), report_of(test::read_file(cut)));
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << "nobody loads it, somebody looks";

    testing::internal::CaptureStderr();
    for (int i = 0; i < 2; i++) {
        list_parts(cut);
        EXPECT_EQ(read_all(cut), report_of(test::read_file(cut)));
    }
    test::Loaded loaded = test::load_file(cut);
    char remarks[400];
    ASSERT_GT(hp_input_remarks(hp_profile_input(loaded.profile.get(), 0), remarks, sizeof remarks),
              0u);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "hotprof: " + cut + ": " + remarks + "\n");
}

TEST_F(PluginEngine, TellsWhatCannotBeRead)
{
    const std::pair<std::string, std::string> cases[] = {
        {directory.write("corrupt", corrupt_at_once()), "offset "},
        {directory.write("text", "text\n"), "expected "},
        {directory.write("empty", ""), "expected "},
        {"/proc/self/mem", "cannot be read"},
    };
    for (const auto &[name, reason] : cases) {
        hp_error error{};
        hotprof::profile_ptr profile(hp_profile_new());
        ASSERT_NE(hp_profile_load(profile.get(), name.c_str(), nullptr, &error), HP_OK);
        testing::internal::CaptureStderr();
        list_parts(name);
        EXPECT_EQ(read_all(name), "cannot be opened: " + std::string(error.message));
        EXPECT_EQ(testing::internal::GetCapturedStderr(),
                  "hotprof: " + name + ": " + error.message + "\n");
        EXPECT_NE(std::string(error.message).find(reason), std::string::npos) << error.message;
    }
}

} // namespace

int main(int argc, char **argv)
{
    testing::InitGoogleTest(&argc, argv);
    QCoreApplication application(argc, argv);
    if (!hotprof_open_profiles())
        qFatal("Qt does not use the engine");
    return RUN_ALL_TESTS();
}
