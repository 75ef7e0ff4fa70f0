// SPDX-License-Identifier: MIT
/* Some Qt program that reads an image, and so makes Qt load every image format plugin; then says
 * what is different if the plugin is among them. usage: qt_program FILE DIRECTORY */
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QGuiApplication>
#include <QImageReader>
#include <QTextStream>

/* How often this process has read, and how many bytes. */
static void read_counts(qint64 *calls, qint64 *bytes)
{
    QFile file(QStringLiteral("/proc/self/io"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("/proc/self/io cannot be read");
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith("syscr: "))
            *calls = line.mid(7).toLongLong();
        if (line.startsWith("rchar: "))
            *bytes = line.mid(7).toLongLong();
    }
}

int main(int argc, char **argv)
{
    QGuiApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    QTextStream out(stdout);
    QImageReader(QStringLiteral("no image")).read();

    QFile maps(QStringLiteral("/proc/self/maps"));
    if (!maps.open(QIODevice::ReadOnly))
        qFatal("/proc/self/maps cannot be read");
    out << "plugin: " << (maps.readAll().contains("/libhotprof.so") ? "loaded" : "not loaded")
        << "\nimage formats: " << QImageReader::supportedImageFormats().join(' ');

    QFile file(arguments.at(1));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s cannot be read", qPrintable(file.fileName()));
    out << "\nfirst bytes: " << file.read(16).toHex();

    qint64 calls = 0, bytes = 0, calls_after = 0, bytes_after = 0, files = 0, size = 0;
    QElapsedTimer clock;
    clock.start();
    read_counts(&calls, &bytes);
    for (const QFileInfo &info : QDir(arguments.at(2)).entryInfoList(QDir::Files)) {
        files++;
        size += info.size();
    }
    read_counts(&calls_after, &bytes_after);
    out << "\nfiles: " << files << "\nsize: " << size << "\nreads: " << calls_after - calls
        << "\nbytes read: " << bytes_after - bytes
        << "\nmicroseconds: " << clock.nsecsElapsed() / 1000 << "\n";
}
