// SPDX-License-Identifier: MIT
/* Reading all inputs of a command line into one profile. */
#ifndef HP_INPUTS_H
#define HP_INPUTS_H

#include "command/options.h"

typedef struct hp_inputs {
    hp_profile *profile; /* to be freed */
    size_t read;         /* how many were, whole or in part */
    bool damaged;        /* an input was, or could not be read */
} hp_inputs;

/* Reads files, and what is below directories, and tells what there is to tell of them. They are
 * read several at a time, but added up and told of in their order, so that no number and no message
 * depends on the threads. false without memory. */
bool hp_inputs_read(hp_inputs *inputs, const hp_settings *settings, const char *const *paths,
                    size_t count);

#endif
