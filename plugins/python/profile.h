// SPDX-License-Identifier: MIT
/* The class hotshot.Profile. */
#ifndef HP_PROFILE_H
#define HP_PROFILE_H

#include "python.h"

/* Adds Profile and ProfilerError to the module. False: an exception is set. */
bool hp_profile_type_add(PyObject *module);

/* Closes the profile that records, if one does. */
void hp_profile_close_running(void);

#endif
