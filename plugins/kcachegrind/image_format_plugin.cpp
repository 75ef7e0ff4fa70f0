// SPDX-License-Identifier: MIT
// Loaded without an option: Qt loads all image format plugins when it reads its first image, and
// KCachegrind reads its icons before it opens a profile.

#include "profile_file_engine.h"

#include <QImageIOPlugin>

class ImageFormatPlugin : public QImageIOPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QImageIOHandlerFactoryInterface_iid FILE "hotprof.json")

  public:
    ImageFormatPlugin()
    {
        openProfilesInKCachegrind();
    }

    Capabilities capabilities(QIODevice *, const QByteArray &) const override
    {
        return {};
    }

    QImageIOHandler *create(QIODevice *, const QByteArray &) const override
    {
        return nullptr;
    }
};

#include "image_format_plugin.moc"
