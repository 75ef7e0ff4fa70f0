// SPDX-License-Identifier: MIT
/* The logs of _hotshot.coverage(). Their headers say that frames are timed and lines not recorded,
 * while the opposite is true. */
#ifndef HP_LOG_COVERAGE_H
#define HP_LOG_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether a log makes sense as a coverage log, up to its end or to where it is cut: no EXIT has a
 * time, every ENTER names a function, and there are lines, none of them before the first line of
 * its function. */
bool hp_log_is_coverage(const uint8_t *data, size_t size);

#endif
