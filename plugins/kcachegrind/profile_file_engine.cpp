// SPDX-License-Identifier: MIT
#include "profile_file_engine.h"

#include "hotprof.h"
#include "report_cache.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
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

enum class Content { None, Directory, Empty, Profile, Callgrind, Unknown };

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

    char head[HP_HEAD_SIZE];
    const int file = ::open(path.constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return Content::Unknown;
    const ssize_t size = ::read(file, head, sizeof head);
    ::close(file);
    if (size <= 0)
        return Content::Unknown;
    // KCachegrind recognises its own files so. It reads them itself, with details that a report
    // lacks.
    const QByteArray start = QByteArray::fromRawData(head, int(qMin<ssize_t>(size, 2047)));
    if (start.startsWith("events:") || start.contains("\nevents:"))
        return Content::Callgrind;
    return hp_format_recognise(head, size_t(size)) ? Content::Profile : Content::Unknown;
}

// The files that KCachegrind is about to load. Other parts of it open files too, for example a file
// dialog that detects MIME types.
class CurrentLoad
{
  public:
    void begin(const QStringList &files)
    {
        const QMutexLocker lock(&mutex_);
        files_ = files;
    }

    bool has(const QString &file) const
    {
        const QMutexLocker lock(&mutex_);
        return files_.contains(file);
    }

    bool take(const QString &file)
    {
        const QMutexLocker lock(&mutex_);
        return files_.removeOne(file);
    }

  private:
    mutable QMutex mutex_;
    QStringList files_;
};

CurrentLoad currentLoad;

// A file that KCachegrind loads: reads as the report. Its name, size on disk and so on are the
// file's.
class ProfileFile : public QFSFileEngine
{
  public:
    using QFSFileEngine::QFSFileEngine;

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

// KCachegrind loads FILE by listing "FILE*" and opening all that it finds: callgrind writes one run
// in several parts. A profile is one file. So other files whose names begin with its name are left
// out, and profiles are left out beside a callgrind file. If FILE does not exist, the user means
// the parts, and these may be profiles.
QStringList partsOf(const QString &file, const QString &directory, const QString &pattern)
{
    const auto path = [&](const QString &name) {
        return directory + QLatin1Char('/') + name;
    };
    // With two patterns, so that the listing does not come here again.
    QStringList names = QDir(directory).entryList({pattern, pattern}, QDir::Files);
    const Content content = contentOf(path(file));
    if (content == Content::Profile)
        names = QStringList(file);
    QStringList load;
    for (const QString &name : QStringList(names)) {
        const Content part = contentOf(path(name));
        if (part == Content::Profile && name != file && content != Content::None)
            names.removeOne(name);
        else if (part == Content::Profile || (name == file && part != Content::Callgrind))
            load += path(name);
    }
    // callgrind leaves an empty FILE beside its parts, which KCachegrind ignores.
    currentLoad.begin(content == Content::Empty && names.size() > 1 ? QStringList() : load);
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
        const QStringList parts = partsOf(file, fileName(DefaultName), patterns.first());
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
        const QStringList parts = partsOf(file, path, patterns.first());
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
    static std::unique_ptr<QAbstractFileEngine> engineOf(const QString &name)
    {
        if (name.startsWith(QLatin1Char(':'))) // Qt's resources: hundreds of them
            return nullptr;
        switch (contentOf(name)) {
        case Content::Directory:
            return std::make_unique<Directory>(name);
        case Content::Profile:
            return std::make_unique<ProfileFile>(name);
        case Content::Empty:
        case Content::Unknown: // so that the library's error is shown, not KCachegrind's
            return currentLoad.has(name) ? std::make_unique<ProfileFile>(name) : nullptr;
        default:
            return nullptr;
        }
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
    return currentLoad.take(directory.path() + QLatin1Char('/') + file.fileName());
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
