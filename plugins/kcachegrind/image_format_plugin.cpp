// SPDX-License-Identifier: MIT
// Loaded without an option: up to Qt 6.8 all image format plugins are loaded when the first image
// is read, and KCachegrind reads its icons before it opens a profile.

#include "engine_loader.h"

#include <QImageIOPlugin>

class ImageFormatPlugin : public QImageIOPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QImageIOHandlerFactoryInterface_iid FILE "hotprof.json")

  public:
    ImageFormatPlugin()
    {
        loadEngineInKCachegrind();
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
