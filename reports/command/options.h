// SPDX-License-Identifier: MIT
/* The options of the command line. To add one: give it a member of hp_settings and a row in the
 * table of options.c; parsing and --help take it from there. */
#ifndef HP_OPTIONS_H
#define HP_OPTIONS_H

#include "report.h"

typedef enum hp_when { HP_AUTO, HP_ALWAYS, HP_NEVER } hp_when;

typedef struct hp_paths {
    const char **items; /* to be freed */
    size_t count;
} hp_paths;

typedef struct hp_settings {
    const hp_report *report;
    hp_report_options options;
    const char *output;
    hp_paths bases;    /* inputs that are added up and subtracted */
    size_t file_limit; /* 0: none */
    size_t threads;    /* 0: as many as there are processors */
    hp_when color, progress;
    bool quiet, verbose, help, version;
} hp_settings;

/* Changes settings, which hold the defaults, to what the arguments say; *first becomes the number
 * of the first argument that is no option (these are moved to the end). After --help and --version
 * no argument counts. HP_UNRECOGNISED: an option is wrong; HP_NO_MEMORY; the user was told. */
HP_NODISCARD hp_status hp_options_parse(hp_settings *settings, int argc, char **argv, int *first);

/* What --help prints. */
void hp_options_help(FILE *out);

#endif
