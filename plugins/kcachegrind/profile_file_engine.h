// SPDX-License-Identifier: MIT
// Makes KCachegrind open Python profiles: puts a file engine of our own behind QFile.
#pragma once

// From now on, a QFile of this application that is opened on a profile reads as its callgrind
// report. Has an effect once, and only in KCachegrind, QCachegrind and the programs that
// HOTPROF_PLUGIN_APPS names, separated by commas.
void openProfilesInKCachegrind();
