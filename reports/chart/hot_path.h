// SPDX-License-Identifier: MIT
/* The path on which the cost of a chart is found. */
#ifndef HP_HOT_PATH_H
#define HP_HOT_PATH_H

#include "chart/chart.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Finds the path: from <interpreter>, or what nobody calls, along the heaviest calls to where the
 * cost is. If most of what a function costs is that of a function on the path that it calls back,
 * as in a program that imports modules, it goes on from there, or from what that led to, with a
 * call that is not heavier. Writes functions of the chart, each once; path needs room for all.
 * Returns how many there are, or UINT32_MAX without memory. */
uint32_t hp_hot_path_find(const hp_chart *chart, uint32_t *path);

#ifdef __cplusplus
}
#endif

#endif
