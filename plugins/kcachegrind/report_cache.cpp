// SPDX-License-Identifier: MIT
#include "report_cache.h"

#include "hotprof_cxx.h"
#include "report.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QHash>
#include <QLabel>
#include <QMessageBox>
#include <QMutex>
#include <QProgressDialog>
#include <QThread>

#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <future>
#include <system_error>
#include <thread>
#include <tuple>

using namespace std::chrono_literals;

namespace
{

// What is going on in a thread of its own, and what comes of it. It goes on after Cancel, as far as
// it must; nobody waits for that.
struct Conversion {
    QByteArray path;
    std::atomic<uint64_t> done{0}, total{0}; // bytes
    std::atomic<bool> writing{false};
    std::atomic<bool> cancelled{false};
    std::promise<std::shared_ptr<const Report>> report;
};

bool advance(void *context, uint64_t done, uint64_t total)
{
    auto *conversion = static_cast<Conversion *>(context);
    conversion->done = done;
    conversion->total = total;
    return !conversion->cancelled;
}

// The text of a report while it is written.
struct Text {
    const Conversion *conversion;
    char *bytes;
    size_t size, capacity;
};

ssize_t append(void *context, const char *bytes, size_t size)
{
    auto *text = static_cast<Text *>(context);
    if (text->conversion->cancelled) {
        errno = ECANCELED;
        return 0;
    }
    if (size > text->capacity - text->size) {
        const size_t capacity = 2 * text->capacity + size;
        auto *more = static_cast<char *>(std::realloc(text->bytes, capacity));
        if (!more) {
            errno = ENOMEM;
            return 0;
        }
        text->bytes = more;
        text->capacity = capacity;
    }
    std::memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
    return ssize_t(size);
}

hp_status write(Conversion *conversion, hp_profile *profile, Report *report, hp_error *error)
{
    const hp_report_options options = {};
    Text text = {conversion, nullptr, 0, 0};
    conversion->writing = true;
    FILE *out = fopencookie(&text, "w", {nullptr, append, nullptr, nullptr});
    hp_status status = HP_OK;
    if (out)
        status = hp_report_write(hp_report_find("callgrind"), profile, &options, out, error);
    if (!out || (fclose(out) != 0 && status == HP_OK))
        status = hp_no_memory(error);
    report->text.reset(text.bytes);
    report->size = text.size;
    return status;
}

int errnumOf(hp_status status)
{
    switch (status) {
    case HP_CANCELLED:
        return ECANCELED;
    case HP_NO_MEMORY:
        return ENOMEM;
    case HP_IO:
        return EIO;
    default:
        return EINVAL;
    }
}

std::shared_ptr<const Report> convert(Conversion *conversion)
{
    const auto report = std::make_shared<Report>();
    const hotprof::profile_ptr profile(hp_profile_new());
    hp_load_options options = HP_LOAD_OPTIONS_INIT;
    options.progress = advance;
    options.progress_context = conversion;
    hp_error error = {};
    hp_status status =
        profile ? hp_profile_load(profile.get(), conversion->path.constData(), &options, &error)
                : hp_no_memory(&error);
    if (status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT) {
        hp_error writing = {};
        const hp_status written = write(conversion, profile.get(), report.get(), &writing);
        if (written == HP_OK && (status == HP_OK || hp_profile_function_count(profile.get()) > 0)) {
            const hp_input *input = hp_profile_input(profile.get(), 0);
            QByteArray remarks(int(hp_input_remarks(input, nullptr, 0)) + 1, '\0');

            hp_input_remarks(input, remarks.data(), size_t(remarks.size()));
            report->remark = QString::fromUtf8(remarks.constData());
            return report;
        }
        if (written != HP_OK) {
            status = written;
            error = writing;
        }
    }
    report->text.reset();
    report->errnum = errnumOf(status);
    if (status != HP_CANCELLED)
        report->remark = QString::fromUtf8(error.message);
    return report;
}

bool canShow()
{
    const QCoreApplication *application = QCoreApplication::instance();
    return qobject_cast<const QApplication *>(application) &&
           QThread::currentThread() == application->thread();
}

// Shows how far a conversion is. Returns whether the user waited for it.
bool showProgress(const Conversion &conversion, const QString &name,
                  const std::future<std::shared_ptr<const Report>> &result)
{
    QProgressDialog dialog(QString(), QStringLiteral("Cancel"), 0, 1000,
                           QApplication::activeWindow());
    auto *label = new QLabel(QStringLiteral("Reading %1").arg(name));
    label->setTextFormat(Qt::PlainText); // a name is no markup
    dialog.setLabel(label);
    dialog.setWindowModality(Qt::ApplicationModal);
    dialog.setAutoReset(false);
    dialog.show();

    uint64_t last = 0;
    QElapsedTimer still;
    still.start();
    while (!dialog.wasCanceled() && result.wait_for(10ms) != std::future_status::ready) {
        const uint64_t done = conversion.done, total = conversion.total;
        if (done != last)
            still.start();
        last = done;
        // After the last bytes are read they are sorted and written, which takes nobody knows how
        // long.
        const bool ending = double(done) > 0.95 * double(total) && still.elapsed() > 500;
        dialog.setMaximum(conversion.writing || ending ? 0 : 1000);
        dialog.setValue(total ? int(1000 * (double(done) / double(total))) : 0);
        QCoreApplication::processEvents();
    }
    return !dialog.wasCanceled();
}

std::shared_ptr<const Report> convertInView(const QString &path)
{
    const auto conversion = std::make_shared<Conversion>();
    conversion->path = QFile::encodeName(path);
    std::future<std::shared_ptr<const Report>> result = conversion->report.get_future();
    const auto run = [conversion] {
        conversion->report.set_value(convert(conversion.get()));
    };
    try {
        std::thread(run).detach();
    } catch (const std::system_error &) { // there are too many
        run();
    }
    if (!canShow() || result.wait_for(500ms) == std::future_status::ready ||
        showProgress(*conversion, path, result))
        return result.get();
    conversion->cancelled = true;
    const auto report = std::make_shared<Report>();
    report->errnum = ECANCELED;
    return report;
}

using FileState = std::tuple<dev_t, ino_t, off_t, time_t, long>;

struct Entry {
    FileState state;
    std::shared_ptr<const Report> report;
};

constexpr int MAX_ENTRIES = 16;
QMutex mutex;
QHash<QString, Entry> entries;

} // namespace

std::shared_ptr<const Report> reportOf(const QString &path)
{
    struct stat status = {};
    ::stat(QFile::encodeName(path).constData(), &status);
    const FileState state(status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
                          status.st_mtim.tv_nsec);
    {
        const QMutexLocker lock(&mutex);
        const auto found = entries.constFind(path);
        if (found != entries.constEnd() && found->state == state)
            return found->report;
    }
    const std::shared_ptr<const Report> report = convertInView(path);
    const QMutexLocker lock(&mutex);
    if (entries.size() >= MAX_ENTRIES) // open files keep their reports
        entries.clear();
    entries.insert(path, {state, report});
    // KCachegrind opens the file several times in a row: Cancel is for all of them. After that, the
    // file can be opened again.
    if (report->errnum == ECANCELED)
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [path] {
                const QMutexLocker relock(&mutex);
                entries.remove(path);
            },
            Qt::QueuedConnection);
    return report;
}

void tellRemark(const QString &path, const Report &report)
{
    if (report.remark.isEmpty() || (report.text && report.told.exchange(true)))
        return;
    const QString line = path + QStringLiteral(": ") + report.remark;
    const QString platform = QGuiApplication::platformName();
    if (!canShow() || platform == QLatin1String("offscreen") ||
        platform == QLatin1String("minimal")) {
        std::fprintf(stderr, "hotprof: %s\n", qPrintable(line));
        return;
    }
    auto *box = new QMessageBox(report.text ? QMessageBox::Warning : QMessageBox::Critical,
                                QGuiApplication::applicationDisplayName(), line, QMessageBox::Ok,
                                QApplication::activeWindow());
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    if (report.text)
        box->open(); // does not block: the profile goes on loading
    else
        box->exec(); // blocks: KCachegrind says next that it could not open the file
}
