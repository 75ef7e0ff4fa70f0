// SPDX-License-Identifier: MIT
// Makes KCachegrind open Python profiles: puts a file engine of our own behind QFile.
#pragma once

// From now on, a QFile of this application that is opened on a profile reads as its callgrind
// report. False, and nothing changes, if Qt does not use the engine. To be called once.
extern "C" __attribute__((visibility("default"))) bool hotprof_open_profiles();
