// SPDX-License-Identifier: MIT
/* The command line: options, load, look up the report, write. */
#include "options.h"
#include "output_files.h"
#include "progress.h"
#include "tell.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STATUS_WHOLE = 0, STATUS_FAILED = 1, STATUS_USAGE = 2, STATUS_PARTIAL = 3 };

/* What the reading of all inputs came to. */
struct reading {
    const hp_settings *settings;
    hp_profile *profile;
    hp_progress_line line;
    bool progress;
    size_t read;
    bool damaged; /* an input was, or could not be read */
};

/* --- Inputs ------------------------------------------------------------------------------- */

static void tell_input(const struct reading *reading, const char *path)
{
    const hp_input *input =
        hp_profile_input(reading->profile, hp_profile_input_count(reading->profile) - 1);
    char remarks[512];
    size_t length = hp_input_remarks(input, remarks, sizeof remarks);

    if (reading->settings->verbose)
        hp_tell(path, "%s, %" PRIu64 " events%s%s", input->format, input->events,
                length ? "; " : "", remarks);
    else if (length && !reading->settings->quiet)
        hp_tell(path, "%s", remarks);
}

static void read_file(struct reading *reading, const char *path)
{
    const hp_load_options options = {
        .progress = reading->progress ? hp_progress_line_update : NULL,
        .progress_context = &reading->line,
    };
    hp_error error = {0};
    hp_status status;

    hp_progress_line_start(&reading->line, path);
    status = hp_profile_load(reading->profile, path, &options, &error);
    hp_progress_line_end(&reading->line);
    if (status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT) {
        reading->read++;
        tell_input(reading, path);
    } else {
        hp_tell(path, "%s", error.message);
    }
    reading->damaged |= status != HP_OK;
}

static bool at_limit(const struct reading *reading)
{
    return reading->settings->file_limit && reading->read >= reading->settings->file_limit;
}

static void tell_unreadable(struct reading *reading, const char *path)
{
    hp_tell(path, "cannot be read: %s", strerror(errno));
    reading->damaged = true;
}

/* Whether there is anything to read or to tell of a file below a directory. */
static bool read_if_profile(struct reading *reading, const char *path)
{
    char head[HP_HEAD_SIZE];
    FILE *file = fopen(path, "rb");
    size_t size;

    if (!file) {
        tell_unreadable(reading, path);
        return true;
    }
    size = fread(head, 1, sizeof head, file);
    (void)fclose(file);
    if (!hp_format_recognise(head, size))
        return false;
    read_file(reading, path);
    return true;
}

static bool read_directory(struct reading *reading, const char *path);

/* Links to files are followed, links to directories are not: they may lead back. */
static bool read_entry(struct reading *reading, const char *path)
{
    struct stat entry, target;

    if (lstat(path, &entry) != 0 || stat(path, &target) != 0)
        return false;
    if (S_ISDIR(entry.st_mode))
        return read_directory(reading, path);
    return S_ISREG(target.st_mode) && read_if_profile(reading, path);
}

/* Reads the profiles below a directory, by name; false if there is nothing to read or to tell. */
static bool read_directory(struct reading *reading, const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    bool any = false;

    if (count < 0) {
        tell_unreadable(reading, path);
        return true;
    }
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        size_t size = strlen(path) + strlen(name) + 2;
        char *entry = malloc(size);

        if (entry && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !at_limit(reading)) {
            snprintf(entry, size, "%s/%s", path, name);
            any |= read_entry(reading, entry);
        }
        free(entry);
        free(entries[i]);
    }
    free(entries);
    return any;
}

static void read_input(struct reading *reading, const char *path)
{
    struct stat stat_buffer;

    if (stat(path, &stat_buffer) != 0 || !S_ISDIR(stat_buffer.st_mode)) {
        read_file(reading, path);
    } else if (!read_directory(reading, path)) {
        hp_tell(path, "expected profiles below this directory, found none");
        reading->damaged = true;
    }
}

/* --- Output ------------------------------------------------------------------------------- */

static void warn(void *context, const char *message)
{
    const hp_settings *settings = context;

    if (!settings->quiet)
        hp_tell(NULL, "%s", message);
}

static int write_report(hp_settings *settings, hp_profile *profile)
{
    hp_output_files files = {
        .pattern = settings->output,
        .several = settings->report->file_a_page && strstr(settings->output, "%d"),
    };
    hp_error error = {0};
    FILE *out = hp_output_files_next(&files, &error);
    hp_status status = HP_IO;

    settings->options.listener = (hp_listener){.context = settings, .warn = warn};
    if (files.several)
        settings->options.files = (hp_files){&files, hp_output_files_next};
    if (out)
        status = hp_report_write(settings->report, profile, &settings->options, out, &error);
    if (status == HP_OK)
        status = hp_output_files_commit(&files, &error);
    else
        hp_output_files_abandon(&files);
    if (status == HP_OK)
        return STATUS_WHOLE;
    if (status == HP_UNRECOGNISED) {
        hp_tell(NULL, "%s", error.message);
        return STATUS_USAGE;
    }
    if (errno != EPIPE)
        hp_tell(strcmp(settings->output, "-") == 0 ? "standard output" : settings->output, "%s",
                error.message);
    return STATUS_FAILED;
}

/* Under the names of the script of 2003 the program does what the script did. */
static const hp_report *default_report(const char *program)
{
    const char *slash = strrchr(program, '/');
    const char *name = slash ? slash + 1 : program;

    if (strcmp(name, "hotshot2cachegrind") == 0 || strcmp(name, "hotshot2calltree") == 0)
        return hp_report_find("callgrind");
    return hp_report_at(0);
}

/* What depends on whether a person looks on. */
static void look_at_terminals(hp_settings *settings, struct reading *reading)
{
    const char *no_color = getenv("NO_COLOR");
    struct winsize size;

    if (strcmp(settings->output, "-") == 0 && isatty(STDOUT_FILENO)) {
        settings->options.width = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
        settings->options.color = settings->color == HP_AUTO && !(no_color && *no_color);
    }
    settings->options.color |= settings->color == HP_ALWAYS;
    reading->line.at_once = settings->progress == HP_ALWAYS;
    reading->progress =
        settings->progress == HP_ALWAYS || (settings->progress == HP_AUTO && isatty(STDERR_FILENO));
}

int main(int argc, char **argv)
{
    hp_settings settings = {.report = default_report(argv[0]), .output = "-"};
    struct reading reading = {.settings = &settings};
    int first, status;

    argv[0] = "hotreport";
    if (!hp_options_parse(&settings, argc, argv, &first))
        return STATUS_USAGE;
    if (settings.help || settings.version) {
        if (settings.help)
            hp_options_help(stdout);
        else
            printf("hotreport %s\n", hp_version());
        return fflush(stdout) == 0 ? STATUS_WHOLE : STATUS_FAILED;
    }
    if (first == argc) {
        hp_tell(NULL, "expected an input file; --help tells more");
        return STATUS_USAGE;
    }
    look_at_terminals(&settings, &reading);
    reading.profile = hp_profile_new();
    if (!reading.profile) {
        hp_tell(NULL, "out of memory");
        return STATUS_FAILED;
    }
    for (int i = first; i < argc && !at_limit(&reading); i++)
        read_input(&reading, argv[i]);
    status = reading.read ? write_report(&settings, reading.profile) : STATUS_FAILED;
    if (status == STATUS_WHOLE && reading.damaged)
        status = STATUS_PARTIAL;
    hp_profile_free(reading.profile);
    return status;
}
