// SPDX-License-Identifier: MIT
/* The options of the command line. To add one, add a member to hp_settings and a row to the table
 * in options.c, from which parsing and --help are made, and describe it in hotreport.1.in. */
#ifndef HP_OPTIONS_H
#define HP_OPTIONS_H

#include "report.h"

typedef enum hp_when { HP_AUTO, HP_ALWAYS, HP_NEVER } hp_when;

typedef struct hp_paths {
    const char **items; /* to be freed */
    size_t count;
} hp_paths;

typedef struct hp_settings {
    const hp_report *report; /* NULL: that of the output's name, or else the default */
    hp_report_options options;
    const char *output;
    hp_paths bases;    /* inputs to add up and subtract */
    size_t file_limit; /* 0: none */
    size_t threads;    /* 0: one for each processor */
    hp_when color, progress;
    bool threads_apart; /* as in hp_load_options */
    bool no_pager, quiet, verbose, help, version;
} hp_settings;

/* Sets in settings, which hold the defaults, what the arguments say, and the report, if there are
 * inputs. Moves arguments that are not options to the end, and sets *first to the index of the
 * first. Arguments after --help and --version are ignored. Warns of options that the report
 * ignores. HP_UNRECOGNISED (an option is wrong) and HP_NO_MEMORY come with a message on standard
 * error. */
HP_NODISCARD hp_status hp_options_parse(hp_settings *settings, int argc, char **argv, int *first);

/* Prints the text of --help. */
void hp_options_help(FILE *out);

#endif
