// SPDX-License-Identifier: MIT
/* How the interpreter tells of events. Lines come from PyEval_SetTrace in all versions: it costs
 * less than sys.monitoring. Calls alone come from PyEval_SetProfile, and from Python 3.12 on from
 * sys.monitoring, which then costs less. */
#ifndef HP_HOOKS_H
#define HP_HOOKS_H

#include "recorder.h"

/* How frames are known: see hp_recording. */
bool hp_hooks_give_code(const struct hp_settings *settings);

/* What has hooks of its own that would be lost, as text for a message, or NULL. A new reference. */
PyObject *hp_hooks_in_the_way(const struct hp_settings *settings);

/* Asks for the events of this thread, or of all. False: an exception is set. */
bool hp_hooks_set(const struct hp_settings *settings);

/* Whether events of this thread still come. */
bool hp_hooks_in_place(const struct hp_settings *settings);

/* Asks for no more events. Hooks that the program put in the place of ours stay. */
void hp_hooks_unset(const struct hp_settings *settings);

/* Asks for no more events of this thread, if that can be asked for. */
void hp_hooks_unset_here(const struct hp_settings *settings);

#endif
