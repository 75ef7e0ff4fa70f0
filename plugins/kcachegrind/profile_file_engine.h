// SPDX-License-Identifier: MIT
// Lets KCachegrind open profiles by putting another file engine behind QFile.
#pragma once

// From now on, every QFile of this application that is opened on a profile reads as its callgrind
// report. Does nothing in programs that are not KCachegrind, QCachegrind or named by
// HOTPROF_PLUGIN_APPS (names separated by commas), nor when called again.
void openProfilesInKCachegrind();
