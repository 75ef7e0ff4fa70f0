// SPDX-License-Identifier: MIT
// Loaded on request: kcachegrind -plugin hotprof, or QT_QPA_GENERIC_PLUGINS=hotprof.

#include "engine_loader.h"

#include <QGenericPlugin>

class GenericPlugin : public QGenericPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QGenericPluginFactoryInterface_iid FILE "hotprof.json")

  public:
    GenericPlugin()
    {
        loadEngineInKCachegrind();
    }

    // Qt reports a missing plugin if this is null.
    QObject *create(const QString &, const QString &) override
    {
        return new QObject;
    }
};

#include "generic_plugin.moc"
