// SPDX-License-Identifier: MIT
/* The pseudo function <interpreter> at the bottom of every stack (HP_INTERPRETER). */
#ifndef HP_INTERPRETER_H
#define HP_INTERPRETER_H

#include "hotprof.h"

/* What hp_profile_add_function needs to find or add it. */
extern const hp_function hp_interpreter_key;

bool hp_is_interpreter(const hp_function *function);

#endif
