// SPDX-License-Identifier: MIT
// What the plugins do when Qt loads them. This uses Qt's public interface only, so that any Qt that
// loads a plugin can run it; the engine needs Qt's private classes and is a library of its own.
#pragma once

// Makes this program open Python profiles if it is KCachegrind, QCachegrind or one of the programs
// that HOTPROF_PLUGIN_APPS names, separated by commas. Only the first call has an effect. If the
// engine does not fit this program's Qt, a line on standard error says so.
void loadEngineInKCachegrind();
