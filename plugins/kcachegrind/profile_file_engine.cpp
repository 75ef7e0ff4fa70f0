// SPDX-License-Identifier: MIT
#include "profile_file_engine.h"

#include "hotprof.h"
#include "report_cache.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QMutex>
#include <QtCore/private/qfsfileengine_p.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>

namespace
{

enum class Content { None, Directory, Empty, Profile, Callgrind, Unreadable, Unknown };

Content contentOf(int file)
{
    // KCachegrind recognises its own files so. It reads them itself, with details that a report
    // lacks.
    QByteArray head(2047, '\0');
    const ssize_t size = ::pread(file, head.data(), size_t(head.size()), 0);
    const hp_format *format = nullptr;
    if (size <= 0)
        return Content::Unreadable;
    head.truncate(int(size));
    if (head.startsWith("events:") || head.contains("\nevents:"))
        return Content::Callgrind;
    if (hp_format_recognise_file(file, &format, nullptr) != HP_OK)
        return Content::Unreadable;
    return format ? Content::Profile : Content::Unknown;
}

Content contentOf(const QString &name)
{
    const QByteArray path = QFile::encodeName(name);
    struct stat status;
    if (::stat(path.constData(), &status) != 0)
        return Content::None;
    if (S_ISDIR(status.st_mode))
        return Content::Directory;
    if (!S_ISREG(status.st_mode))
        return Content::None;
    if (status.st_size == 0) // also files of /proc, whose size is 0
        return Content::Empty;

    const int file = ::open(path.constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return Content::Unreadable;
    const Content content = contentOf(file);
    ::close(file);
    return content;
}

// Of the command line, those that are no options. KCachegrind has one option with a value.
QStringList filesOfCommandLine()
{
    QStringList files;
    const QStringList arguments = QCoreApplication::arguments().mid(1);
    for (int i = 0; i < arguments.size(); i++)
        if (arguments[i] == QLatin1String("--"))
            return files + arguments.mid(i + 1);
        else if (arguments[i] == QLatin1String("--desktopfile"))
            i++;
        else if (!arguments[i].startsWith(QLatin1Char('-')))
            files += arguments[i];
    return files;
}

// The files that KCachegrind is about to load. Other parts of it open files too, for example a file
// dialog that detects MIME types.
class CurrentLoad
{
  public:
    // listed: the paths that are going to be opened, and the files that these stand for. told: the
    // files whose remarks are to be shown.
    void begin(const QHash<QString, QString> &listed, const QStringList &told)
    {
        const QMutexLocker lock(&mutex_);
        begun_ = true;
        listed_ = listed;
        told_ = told;
    }

    // Until a directory is listed, it is that of the command line.
    void reset()
    {
        const QMutexLocker lock(&mutex_);
        begun_ = false;
        listed_.clear();
        told_.clear();
    }

    QString fileOf(const QString &path)
    {
        const QMutexLocker lock(&mutex_);
        return listed_.value(path, path);
    }

    bool lists(const QString &file)
    {
        const QMutexLocker lock(&mutex_);
        return !listed_.key(file).isEmpty();
    }

    bool has(const QString &file)
    {
        const QMutexLocker lock(&mutex_);
        beginWithCommandLine();
        return told_.contains(file);
    }

    bool take(const QString &file)
    {
        const QMutexLocker lock(&mutex_);
        beginWithCommandLine();
        return told_.removeOne(file);
    }

  private:
    // If there are several, KCachegrind loads them without listing a directory.
    void beginWithCommandLine()
    {
        if (begun_)
            return;
        begun_ = true;
        const QStringList files = filesOfCommandLine();
        if (files.size() > 1)
            told_ = files;
    }

    QMutex mutex_;
    bool begun_ = false;
    QHash<QString, QString> listed_;
    QStringList told_;
};

CurrentLoad currentLoad;

// A file that KCachegrind lists, though it may be hidden: the user has named it.
class ListedFile : public QFSFileEngine
{
  public:
    using QFSFileEngine::QFSFileEngine;

    FileFlags fileFlags(FileFlags type) const override
    {
        const FileFlags flags = QFSFileEngine::fileFlags(type);
        return currentLoad.lists(fileName(DefaultName)) ? flags & ~FileFlags(HiddenFlag) : flags;
    }
};

// A file that KCachegrind loads: reads as the report. Its name, size on disk and so on are the
// file's.
class ProfileFile : public ListedFile
{
  public:
    using ListedFile::ListedFile;

#if QT_VERSION < QT_VERSION_CHECK(6, 0, 0)
    bool open(QIODevice::OpenMode mode) override
#else
    bool open(QIODevice::OpenMode mode, std::optional<QFile::Permissions>) override
#endif
    {
        if (mode & QIODevice::WriteOnly)
            return fail(EACCES, qt_error_string(EACCES));
        const QString path = fileName(AbsoluteName);
        const std::shared_ptr<const Report> report = reportOf(path);
        if (currentLoad.take(fileName(DefaultName)))
            tellRemark(path, *report);
        if (!report->text)
            return fail(report->errnum, report->remark);
        report_ = report;
        offset_ = 0;
        return true;
    }

    bool close() override
    {
        report_.reset();
        return true;
    }

    // While the file is closed, this is its size on disk.
    qint64 size() const override
    {
        return report_ ? qint64(report_->size) : QFSFileEngine::size();
    }

    qint64 pos() const override
    {
        return offset_;
    }

    bool seek(qint64 offset) override
    {
        if (offset < 0)
            return false;
        offset_ = offset;
        return true;
    }

    qint64 read(char *data, qint64 maxSize) override
    {
        const qint64 count = qMin(maxSize, size() - offset_);
        if (count <= 0)
            return 0;
        std::memcpy(data, report_->text.get() + offset_, size_t(count));
        offset_ += count;
        return count;
    }

    qint64 write(const char *, qint64) override
    {
        return -1;
    }

    bool setSize(qint64) override
    {
        return fail(EACCES, qt_error_string(EACCES));
    }

    bool supportsExtension(Extension extension) const override
    {
        return extension == AtEndExtension || extension == MapExtension ||
               extension == UnMapExtension;
    }

    bool extension(Extension extension, const ExtensionOption *option,
                   ExtensionReturn *result) override
    {
        switch (extension) {
        case AtEndExtension:
            return offset_ >= size();
        case MapExtension: {
            const auto *range = static_cast<const MapExtensionOption *>(option);
            if (!report_ || range->offset < 0 || range->size <= 0 ||
                range->size > size() - range->offset)
                return fail(EINVAL, qt_error_string(EINVAL));
            auto *address = reinterpret_cast<uchar *>(report_->text.get()) + range->offset;
            mapped_.emplace(address, report_);
            static_cast<MapExtensionReturn *>(result)->address = address;
            return true;
        }
        case UnMapExtension: {
            const auto found =
                mapped_.find(static_cast<const UnMapExtensionOption *>(option)->address);
            if (found == mapped_.end())
                return fail(EINVAL, qt_error_string(EINVAL));
            mapped_.erase(found);
            return true;
        }
        default:
            return false;
        }
    }

  private:
    // KCachegrind shows the text of errno.
    bool fail(int errnum, const QString &message)
    {
        setError(QFile::OpenError, message);
        errno = errnum;
        return false;
    }

    std::shared_ptr<const Report> report_;
    std::multimap<const uchar *, std::shared_ptr<const Report>> mapped_; // may outlive close
    qint64 offset_ = 0;
};

class Entries : public QAbstractFileEngineIterator
{
  public:
    template <typename... Arguments>
    explicit Entries(const QStringList &names, const Arguments &...arguments)
        : QAbstractFileEngineIterator(arguments...), names_(names)
    {
    }

#if QT_VERSION < QT_VERSION_CHECK(6, 8, 0)
    bool hasNext() const override
    {
        return current_ + 1 < names_.size();
    }

    QString next() override
    {
        return names_.value(++current_);
    }
#else
    bool advance() override
    {
        return ++current_ < names_.size();
    }
#endif

    QString currentFileName() const override
    {
        return names_.value(current_);
    }

  private:
    const QStringList names_;
    int current_ = -1;
};

// A name that the pattern "FILE*" matches: FILE, with another character for each [...]. KCachegrind
// passes on no name that does not match, and takes FILE for a pattern. Empty if there is none.
QString matchingName(const QString &file)
{
    QString name;
    for (int i = 0; i < file.size(); i++) {
        if (file[i] != QLatin1Char('[')) {
            name += file[i];
            continue;
        }
        const bool negated = file.mid(i + 1, 1) == QLatin1String("!");
        const int start = i + 1 + int(negated),
                  end = int(file.indexOf(QLatin1Char(']'), start + 1));
        if (end < 0)
            return {};
        // A character in the class, or one that none is likely to have.
        name += negated ? QChar(0x25a1) : file[start];
        i = end;
    }
    return name;
}

// KCachegrind loads FILE by listing "FILE*" and opening all that it finds: callgrind writes one run
// in several parts, beside an empty FILE. A profile is one file, so other files whose names begin
// with its name are left out. Beside any other file only those of callgrind are parts; if FILE does
// not exist, the user means its parts, and these may be profiles.
QStringList partsOf(const QString &file, const QString &directory)
{
    const QDir dir(directory);
    const auto path = [&](const QString &name) {
        return dir.filePath(name);
    };
    const Content content = contentOf(path(file));
    const bool exists = content != Content::None && content != Content::Directory;
    const QString shown = exists ? matchingName(file) : QString();
    QHash<QString, QString> listed;
    QStringList names, told;
    if (exists && shown.isEmpty()) {
        Report report;
        report.remark = QStringLiteral("cannot be found under this name, because KCachegrind takes "
                                       "[ for the beginning of a pattern; rename the file");
        tellRemark(path(file), report);
    } else if (exists) {
        names += shown;
        listed.insert(path(shown), path(file));
        if (content != Content::Callgrind) // which KCachegrind reads, and tells of, itself
            told += path(file);
    }
    for (const QString &name :
         content == Content::Profile ? QStringList() : dir.entryList(QDir::Files)) {
        if (!name.startsWith(file) || name == file)
            continue;
        const Content part = contentOf(path(name));
        if (part != Content::Callgrind && part != Content::Unreadable &&
            (part != Content::Profile || exists))
            continue;
        names += name;
        listed.insert(path(name), path(name));
        if (part != Content::Callgrind)
            told += path(name);
    }
    if (content == Content::Empty && names.size() > 1)
        told.removeOne(path(file));
    currentLoad.begin(listed, told);
    return names;
}

class Directory : public QFSFileEngine
{
  public:
    using QFSFileEngine::QFSFileEngine;

#if QT_VERSION < QT_VERSION_CHECK(6, 8, 0)
    Iterator *beginEntryList(QDir::Filters filters, const QStringList &patterns) override
    {
        const QString file = askedFor(patterns);
        if (filters != QDir::Files || file.isEmpty())
            return QFSFileEngine::beginEntryList(filters, patterns);
        const QStringList parts = partsOf(file, fileName(DefaultName));
        return new Entries(parts, filters, patterns);
    }
#else
    IteratorUniquePtr beginEntryList(const QString &path, QDirListing::IteratorFlags filters,
                                     const QStringList &patterns) override
    {
        const QString file = askedFor(patterns);
        using Flag = QDirListing::IteratorFlag;
        if (filters.testAnyFlags(Flag::Recursive | Flag::ExcludeFiles) || file.isEmpty())
            return QFSFileEngine::beginEntryList(path, filters, patterns);
        const QStringList parts = partsOf(file, path);
        return std::make_unique<Entries>(parts, path, filters, patterns);
    }
#endif

  private:
    // The file whose parts are listed; empty if this is another listing.
    static QString askedFor(const QStringList &patterns)
    {
        const QString pattern = patterns.size() == 1 ? patterns.first() : QString();
        return pattern.endsWith(QLatin1Char('*')) ? pattern.chopped(1) : QString();
    }
};

class Handler : public QAbstractFileEngineHandler
{
  public:
#if QT_VERSION < QT_VERSION_CHECK(6, 8, 0)
    QAbstractFileEngine *create(const QString &name) const override
    {
        return engineOf(name).release();
    }
#else
    std::unique_ptr<QAbstractFileEngine> create(const QString &name) const override
    {
        return engineOf(name);
    }
#endif

  private:
    static std::unique_ptr<QAbstractFileEngine> engineOf(const QString &path)
    {
        if (path.startsWith(QLatin1Char(':'))) // Qt's resources: hundreds of them
            return nullptr;
        const QString file = currentLoad.fileOf(path);
        const Content content = contentOf(file);
        if (content == Content::Directory)
            return std::make_unique<Directory>(file);
        if (content == Content::Profile ||
            // so that the library's error is shown, not KCachegrind's
            (content != Content::None && content != Content::Callgrind && currentLoad.has(file)))
            return std::make_unique<ProfileFile>(file);
        if (currentLoad.lists(file))
            return std::make_unique<ListedFile>(file);
        return nullptr;
    }
};

// Lists a file as KCachegrind lists a profile, to see whether Qt comes here for it.
bool isAsked()
{
    Dl_info info;
    if (!dladdr(reinterpret_cast<void *>(&hotprof_open_profiles), &info))
        return false;
    const QFileInfo file(QFile::decodeName(info.dli_fname));
    const QDir directory(file.absolutePath());
    directory.entryList({file.fileName() + QLatin1Char('*')}, QDir::Files);
    const bool asked = currentLoad.take(directory.path() + QLatin1Char('/') + file.fileName());
    currentLoad.reset();
    return asked;
}

} // namespace

bool hotprof_open_profiles()
{
    static std::unique_ptr<const Handler> handler;
    handler = std::make_unique<const Handler>();
    if (!isAsked())
        handler.reset();
    return bool(handler);
}
