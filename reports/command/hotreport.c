// SPDX-License-Identifier: MIT
/* The command line: options, load, look up the report, write. */
#include "command/heap.h"
#include "command/inputs.h"
#include "command/output_files.h"
#include "command/pager.h"
#include "command/progress.h"
#include "command/tell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { STATUS_WHOLE = 0, STATUS_FAILED = 1, STATUS_USAGE = 2, STATUS_PARTIAL = 3 };

/* --- Output ------------------------------------------------------------------------------- */

/* Where the messages of a report go. */
struct telling {
    const hp_settings *settings;
    hp_progress_line line;
};

static void warn(void *context, const char *message)
{
    struct telling *telling = context;

    hp_progress_line_wipe(&telling->line);
    if (!telling->settings->quiet)
        hp_tell(NULL, "%s", message);
}

static void show_work(void *context, const char *what)
{
    struct telling *telling = context;

    hp_progress_line_working(&telling->line, what);
}

static bool is_standard_output(const hp_settings *settings)
{
    return strcmp(settings->output, "-") == 0;
}

static bool is_terminal(const hp_settings *settings)
{
    return is_standard_output(settings) && isatty(STDOUT_FILENO);
}

static int write_report(hp_settings *settings, hp_profile *profile)
{
    hp_output_files files = {
        .pattern = settings->output,
        .several = settings->report->file_a_page && strstr(settings->output, "%d"),
    };
    struct telling telling = {settings, {.at_once = settings->progress == HP_ALWAYS}};
    hp_pager pager = {0};
    hp_error error = {0};
    hp_status status = HP_IO;
    bool elsewhere = false; /* the error is not one of the output */
    FILE *out;

    if (is_terminal(settings) && !settings->no_pager)
        hp_pager_start(&pager);
    out = hp_output_files_next(&files, &error);
    settings->options.listener =
        (hp_listener){&telling, warn, settings->progress == HP_NEVER ? NULL : show_work};
    if (files.several)
        settings->options.files = (hp_files){&files, hp_output_files_next};
    hp_progress_line_start(&telling.line, NULL);
    if (out) {
        status = hp_report_write(settings->report, profile, &settings->options, out, &error);
        elsewhere = status != HP_OK && !files.several && !ferror(out);
    }
    hp_progress_line_end(&telling.line);
    if (status == HP_OK)
        status = hp_output_files_commit(&files, &error);
    else
        hp_output_files_abandon(&files);

    const bool left = status == HP_IO && !elsewhere && errno == EPIPE; /* nobody reads any more */
    const bool paged = pager.process != 0;

    hp_pager_end(&pager);
    if (status == HP_OK || (left && paged))
        return STATUS_WHOLE;
    if (status != HP_IO || elsewhere)
        hp_tell(NULL, "%s", error.message);
    else if (!left)
        hp_tell(is_standard_output(settings) ? "standard output" : settings->output, "%s",
                error.message);
    return status == HP_UNRECOGNISED ? STATUS_USAGE : STATUS_FAILED;
}

/* By the name of the script of 2003, the program does what the script did, whatever the name of the
 * output. NULL: it has another name. */
static const hp_report *script_report(const char *program)
{
    const char *slash = strrchr(program, '/');
    const char *name = slash ? slash + 1 : program;

    if (strcmp(name, "hotshot2cachegrind") == 0 || strcmp(name, "hotshot2calltree") == 0)
        return hp_report_find("callgrind");
    return NULL;
}

/* Sets what depends on whether output goes to a terminal. */
static void look_at_terminals(hp_settings *settings)
{
    const char *no_color = getenv("NO_COLOR");
    struct winsize size;

    if (is_terminal(settings)) {
        settings->options.width = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
        settings->options.color = settings->color == HP_AUTO && !(no_color && *no_color);
    }
    settings->options.color |= settings->color == HP_ALWAYS;
    if (settings->progress == HP_AUTO && !isatty(STDERR_FILENO))
        settings->progress = HP_NEVER;
}

/* Whether all that is known of the inputs is that they are damaged. */
static bool is_nothing(const hp_inputs *inputs)
{
    return inputs->read == 0 ||
           (inputs->damaged && hp_profile_function_count(inputs->profile) == 0);
}

/* false if nothing could be read. */
static bool read_inputs(hp_inputs *inputs, const hp_settings *settings, const char *const *paths,
                        size_t count)
{
    hp_error error = {0};

    if (!hp_inputs_read(inputs, settings, paths, count))
        hp_no_memory(&error);
    else if (!is_nothing(inputs) && hp_profile_sort(inputs->profile, &error) == HP_OK)
        return true;
    if (error.status != HP_OK)
        hp_tell(NULL, "%s", error.message);
    return false;
}

/* Reads the inputs and writes the report; returns the exit status. */
static int run(hp_settings *settings, const char *const *paths, size_t count)
{
    const hp_paths *bases = &settings->bases;
    hp_inputs inputs = {0}, base = {0};
    int status = STATUS_FAILED;

    look_at_terminals(settings);
    if (read_inputs(&inputs, settings, paths, count) &&
        (bases->count == 0 || read_inputs(&base, settings, bases->items, bases->count))) {
        settings->options.base = base.profile;
        status = write_report(settings, inputs.profile);
    }
    if (status == STATUS_WHOLE && (inputs.damaged || base.damaged))
        status = STATUS_PARTIAL;
    hp_profile_free(inputs.profile);
    hp_profile_free(base.profile);
    return status;
}

/* If standard error were closed, the next file opened would take its place and get the messages. */
static void occupy_standard_files(void)
{
    for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++)
        if (fcntl(file, F_GETFD) < 0)
            (void)open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* Writes the text of --help or --version. */
static int write_text(const hp_settings *settings)
{
    if (settings->help)
        hp_options_help(stdout);
    else
        printf("hotreport %s\n", hp_version());
    if (fflush(stdout) == 0 && !ferror(stdout))
        return STATUS_WHOLE;
    if (errno != EPIPE)
        hp_tell("standard output", "cannot be written: %s", strerror(errno));
    return STATUS_FAILED;
}

int main(int argc, char **argv)
{
    hp_settings settings = {.report = script_report(argv[0]), .output = "-"};
    int first, status = STATUS_USAGE;

    argv[0] = "hotreport";
    occupy_standard_files();
    hp_heap_prepare();

    const hp_status parsed = hp_options_parse(&settings, argc, argv, &first);

    if (parsed == HP_NO_MEMORY)
        status = STATUS_FAILED;
    else if (parsed == HP_OK && (settings.help || settings.version))
        status = write_text(&settings);
    else if (parsed == HP_OK && first == argc)
        hp_tell(NULL, "expected an input file, found none; see --help");
    else if (parsed == HP_OK && settings.report->binary && is_terminal(&settings))
        hp_tell(NULL, "the report %s is not text for a terminal; write it to a file with -o FILE",
                settings.report->name);
    else if (parsed == HP_OK)
        status = run(&settings, (const char *const *)argv + first, (size_t)(argc - first));
    free(settings.bases.items);
    return status;
}
