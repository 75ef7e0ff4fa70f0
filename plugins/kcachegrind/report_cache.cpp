// SPDX-License-Identifier: MIT
#include "report_cache.h"

#include "hotprof_cxx.h"
#include "report.h"

#include <QApplication>
#include <QFile>
#include <QHash>
#include <QMessageBox>
#include <QMutex>
#include <QProgressDialog>
#include <QThread>

#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <future>
#include <tuple>

using namespace std::chrono_literals;

namespace
{

struct Progress {
    std::atomic<int> permille{0};
    std::atomic<bool> cancelled{false};
};

bool advance(void *context, uint64_t done, uint64_t total)
{
    auto *progress = static_cast<Progress *>(context);
    progress->permille = total ? int(double(done) / double(total) * 1000) : 0;
    return !progress->cancelled;
}

hp_status write(hp_profile *profile, Report *report, hp_error *error)
{
    const hp_report_options options = {};
    char *text = nullptr;
    FILE *out = open_memstream(&text, &report->size);
    hp_status status = HP_OK;
    if (out)
        status = hp_report_write(hp_report_find("callgrind"), profile, &options, out, error);
    if (!out || ((fclose(out) != 0 || !text) && status == HP_OK))
        status = hp_no_memory(error);
    report->text.reset(text);
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

std::shared_ptr<const Report> convert(const QByteArray &path, Progress *progress)
{
    const auto report = std::make_shared<Report>();
    const hotprof::profile_ptr profile(hp_profile_new());
    hp_load_options options = HP_LOAD_OPTIONS_INIT;
    options.progress = advance;
    options.progress_context = progress;
    hp_error error = {};
    hp_status status = profile ? hp_profile_load(profile.get(), path.constData(), &options, &error)
                               : hp_no_memory(&error);
    if (status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT) {
        hp_error writing = {};
        const hp_status written = write(profile.get(), report.get(), &writing);
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

std::shared_ptr<const Report> convertInView(const QString &path)
{
    Progress progress;
    auto result = std::async(std::launch::async, convert, QFile::encodeName(path), &progress);
    if (!canShow() || result.wait_for(500ms) == std::future_status::ready)
        return result.get();

    QProgressDialog dialog(QStringLiteral("Reading %1").arg(path.toHtmlEscaped()),
                           QStringLiteral("Cancel"), 0, 1000, QApplication::activeWindow());
    dialog.setWindowModality(Qt::ApplicationModal);
    dialog.setAutoReset(false);
    dialog.show();
    while (!dialog.wasCanceled() && result.wait_for(10ms) != std::future_status::ready) {
        dialog.setValue(progress.permille);
        QCoreApplication::processEvents();
    }
    progress.cancelled = dialog.wasCanceled();
    return result.get();
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
