// SPDX-License-Identifier: MIT
#include "engine_loader.h"

#include "profile_file_engine.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QLibrary>
#include <QVariant>
#include <QVersionNumber>

#include <dlfcn.h>

#include <cstdio>

namespace
{

// The engine is installed in a directory beside that of this plugin.
QString enginePath()
{
    Dl_info info;
    if (!dladdr(reinterpret_cast<void *>(&loadEngineInKCachegrind), &info))
        return {};
    const QString plugin = QFile::decodeName(info.dli_fname);
    return QFileInfo(plugin).path() + QStringLiteral("/../hotprof/libhotprof-engine.so");
}

// Empty if the engine is at work.
QString whyNot()
{
    // Qt's private classes change from 6.8 to 6.9, say, and keep their names.
    const QVersionNumber version = QVersionNumber::fromString(QString::fromLatin1(qVersion()));
    if (version.majorVersion() != QT_VERSION_MAJOR || version.minorVersion() != QT_VERSION_MINOR)
        return QStringLiteral("the plugin is for Qt %1.%2, but this program uses Qt %3")
            .arg(QT_VERSION_MAJOR)
            .arg(QT_VERSION_MINOR)
            .arg(QLatin1String(qVersion()));

    QLibrary engine(enginePath());
    engine.setLoadHints(QLibrary::ResolveAllSymbolsHint);
    const auto open =
        reinterpret_cast<decltype(&hotprof_open_profiles)>(engine.resolve("hotprof_open_profiles"));
    if (!open)
        return engine.errorString();
    if (!open())
        return QStringLiteral("Qt %1 does not let the plugin replace files")
            .arg(QLatin1String(qVersion()));
    return {};
}

} // namespace

void loadEngineInKCachegrind()
{
    QObject *application = QCoreApplication::instance();
    const QStringList programs =
        qEnvironmentVariable("HOTPROF_PLUGIN_APPS").split(QLatin1Char(','), Qt::SkipEmptyParts)
        << QStringLiteral("kcachegrind") << QStringLiteral("qcachegrind");
    if (!application || !programs.contains(QCoreApplication::applicationName()) ||
        application->property("hotprof").toBool())
        return;
    application->setProperty("hotprof", true);
    const QString reason = whyNot();
    if (!reason.isEmpty())
        std::fprintf(stderr, "hotprof: cannot open Python profiles: %s\n", qPrintable(reason));
}
