// SPDX-License-Identifier: MIT
// Loaded without an option: Qt loads all bridges to accessibility when a program starts.

#include "engine_loader.h"

#include <QAccessibleBridgePlugin>

class AccessibleBridgePlugin : public QAccessibleBridgePlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QAccessibleBridgeFactoryInterface_iid FILE "hotprof.json")

  public:
    AccessibleBridgePlugin()
    {
        loadEngineInKCachegrind();
    }

    QAccessibleBridge *create(const QString &) override
    {
        return nullptr;
    }
};

#include "accessible_bridge_plugin.moc"
