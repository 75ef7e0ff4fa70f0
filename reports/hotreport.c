// SPDX-License-Identifier: MIT
/* The command line: options, load, look up the report, write. */
#include "escape.h"
#include "output_file.h"
#include "progress.h"
#include "report.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STATUS_WHOLE = 0, STATUS_FAILED = 1, STATUS_USAGE = 2, STATUS_PARTIAL = 3 };

struct settings {
    const hp_report *report;
    hp_report_options options;
    const char *output;
    uint64_t file_limit; /* 0: none */
    bool quiet, verbose, progress;
};

/* What the reading of all inputs came to. */
struct reading {
    const struct settings *settings;
    hp_profile *profile;
    hp_progress_line line;
    uint64_t read;
    bool damaged; /* an input was, or could not be read */
};

HP_PRINTF(2, 3) static void tell(const char *file, const char *format, ...)
{
    va_list arguments;

    fputs("hotreport: ", stderr);
    if (file) {
        char *name = hp_escaped((hp_string){file, strlen(file)});

        fprintf(stderr, "%s: ", name ? name : "?");
        free(name);
    }
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    putc('\n', stderr);
}

/* --- Inputs ------------------------------------------------------------------------------- */

static void tell_input(const struct reading *reading, const char *path)
{
    const hp_input *input =
        hp_profile_input(reading->profile, hp_profile_input_count(reading->profile) - 1);
    char remarks[512];
    size_t length = hp_input_remarks(input, remarks, sizeof remarks);

    if (reading->settings->verbose)
        tell(path, "%s, %" PRIu64 " events%s%s", input->format, input->events, length ? "; " : "",
             remarks);
    else if (length && !reading->settings->quiet)
        tell(path, "%s", remarks);
}

static void read_file(struct reading *reading, const char *path)
{
    const hp_load_options options = {
        .progress = reading->settings->progress ? hp_progress_line_update : NULL,
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
        tell(path, "%s", error.message);
    }
    reading->damaged |= status != HP_OK;
}

static bool at_limit(const struct reading *reading)
{
    return reading->settings->file_limit && reading->read >= reading->settings->file_limit;
}

static void tell_unreadable(struct reading *reading, const char *path)
{
    tell(path, "cannot be read: %s", strerror(errno));
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
        tell(path, "expected profiles below this directory, found none");
        reading->damaged = true;
    }
}

/* --- Options ------------------------------------------------------------------------------ */

enum {
    OPTION_EVENT = 256,
    OPTION_SORT,
    OPTION_NODE_THRESHOLD,
    OPTION_EDGE_THRESHOLD,
    OPTION_BRIEF,
    OPTION_ALL,
    OPTION_SOURCE_PATH,
    OPTION_COLOR,
    OPTION_FOCUS,
    OPTION_IGNORE,
    OPTION_HIDE,
    OPTION_SHOW,
    OPTION_ROOT,
    OPTION_LEAF,
    OPTION_FILE_LIMIT,
    OPTION_PROGRESS,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct option long_options[] = {
    {"format", required_argument, NULL, 'f'},
    {"output", required_argument, NULL, 'o'},
    {"event", required_argument, NULL, OPTION_EVENT},
    {"sort", required_argument, NULL, OPTION_SORT},
    {"limit", required_argument, NULL, 'n'},
    {"node-threshold", required_argument, NULL, OPTION_NODE_THRESHOLD},
    {"edge-threshold", required_argument, NULL, OPTION_EDGE_THRESHOLD},
    {"brief", no_argument, NULL, OPTION_BRIEF},
    {"all", no_argument, NULL, OPTION_ALL},
    {"source-path", required_argument, NULL, OPTION_SOURCE_PATH},
    {"color", required_argument, NULL, OPTION_COLOR},
    {"focus", required_argument, NULL, OPTION_FOCUS},
    {"ignore", required_argument, NULL, OPTION_IGNORE},
    {"hide", required_argument, NULL, OPTION_HIDE},
    {"show", required_argument, NULL, OPTION_SHOW},
    {"root", required_argument, NULL, OPTION_ROOT},
    {"leaf", required_argument, NULL, OPTION_LEAF},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"file-limit", required_argument, NULL, OPTION_FILE_LIMIT},
    {"progress", required_argument, NULL, OPTION_PROGRESS},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static void write_help(void)
{
    fputs(
        "Usage: hotreport [OPTION]... FILE...\n"
        "Reads Python profiles, adds them up and writes one report.\n"
        "\n"
        "FILE may be compressed by gzip; a directory stands for the profiles below it; - is\n"
        "standard input.\n"
        "\n"
        "  -f, --format=FORMAT    the report to write (below)\n"
        "  -o, --output=FILE      write to FILE, which appears whole or not at all\n"
        "      --event=NAME       the event to rank by (Time, Hits, ...); the first one\n"
        "      --sort=BY          order of the flat profile: self, inclusive, calls or name\n"
        "  -n, --limit=N          so many lines of the flat profile\n"
        "      --node-threshold=PERCENT  leave functions out of the call graph that cost less\n"
        "      --edge-threshold=PERCENT  likewise calls from one function to another\n"
        "      --brief            without explanations\n"
        "      --all              all lines of annotated sources, not only those near a cost\n"
        "      --source-path=DIR  where sources are looked for first\n"
        "      --color=WHEN       colour what costs much: auto, always or never\n"
        "      --focus=RE         only calls on a path through a function that matches\n"
        "      --ignore=RE        without functions that match, and what only they call\n"
        "      --hide=RE          functions that match become part of their callers,\n"
        "      --show=RE          or those that do not match\n"
        "      --root=RE          only what functions that match call: they are 100 %\n"
        "      --leaf=RE          only what calls functions that match\n"
        "      --file-limit=N     stop after N input files\n"
        "      --progress=WHEN    tell how far the reading is: auto, always or never\n"
        "  -q, --quiet            do not warn of unmatched exits, open frames and damage\n"
        "  -v, --verbose          tell what every input is\n"
        "      --help             this text\n"
        "      --version          the version\n"
        "\n"
        "RE is an extended regular expression of POSIX, looked for in the name of a function and\n"
        "in file:name. Where a function has several callers, filters share its cost among them\n"
        "in proportion to what their calls cost: a profile does not hold whole stacks.\n"
        "\n"
        "Reports:\n",
        stdout);
    for (size_t i = 0; hp_report_at(i); i++)
        printf("  %-12s %s%s\n", hp_report_at(i)->name, hp_report_at(i)->description,
               i == 0 ? " (the default)" : "");
    fputs("\nInputs, told apart by content:\n", stdout);
    for (size_t i = 0; hp_format_at(i); i++)
        printf("  %-12s %s\n", hp_format_at(i)->name, hp_format_at(i)->description);
    fputs("\n"
          "Exit status: 0 if all was read; 1 if nothing could be read or the output not be\n"
          "written; 2 if the command line is wrong; 3 if a report was written but an input was\n"
          "cut short, damaged or not readable.\n",
          stdout);
}

static bool parse_number(const char *text, uint64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoull(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *text >= '0' && *text <= '9';
}

/* 0 to 100 */
static bool parse_percent(const char *text, double *percent)
{
    char *end;

    *percent = strtod(text, &end);
    return end != text && text[strspn(text, "0123456789.")] == '\0' && *end == '\0' &&
           *percent <= 100;
}

static bool parse_when(const char *text, bool *always, bool *ever)
{
    *always = strcmp(text, "always") == 0;
    *ever = *always || strcmp(text, "auto") == 0;
    return *ever || strcmp(text, "never") == 0;
}

static bool parse_sort(const char *text, hp_sort *sort)
{
    static const char *const names[] = {
        [HP_SORT_SELF] = "self",
        [HP_SORT_INCLUSIVE] = "inclusive",
        [HP_SORT_CALLS] = "calls",
        [HP_SORT_NAME] = "name",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i]) == 0) {
            *sort = (hp_sort)i;
            return true;
        }
    return false;
}

static size_t width_of_terminal(void)
{
    struct winsize size;

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* Goes on with STATUS_WHOLE and *done false; otherwise the program ends with the status. */
static int parse_options(int argc, char **argv, struct settings *settings, bool *at_once,
                         bool *done)
{
    bool progress_ever = true, color_ever = true;
    uint64_t number;

    *done = true;
    for (int option; (option = getopt_long(argc, argv, "f:o:n:qv", long_options, NULL)) != -1;) {
        switch (option) {
        case 'f':
            settings->report = hp_report_find(optarg);
            if (!settings->report) {
                tell(NULL, "no report '%s'; --help lists them", optarg);
                return STATUS_USAGE;
            }
            break;
        case 'o':
            settings->output = optarg;
            break;
        case OPTION_EVENT:
            settings->options.event = optarg;
            break;
        case OPTION_SORT:
            if (!parse_sort(optarg, &settings->options.sort)) {
                tell(NULL, "--sort: expected self, inclusive, calls or name, found '%s'", optarg);
                return STATUS_USAGE;
            }
            break;
        case 'n':
            if (!parse_number(optarg, &number) || number > SIZE_MAX) {
                tell(NULL, "--limit: expected a number, found '%s'", optarg);
                return STATUS_USAGE;
            }
            settings->options.limit = (size_t)number;
            break;
        case OPTION_NODE_THRESHOLD:
            if (!parse_percent(optarg, &settings->options.node_threshold)) {
                tell(NULL, "--node-threshold: expected 0 to 100 percent, found '%s'", optarg);
                return STATUS_USAGE;
            }
            break;
        case OPTION_EDGE_THRESHOLD:
            if (!parse_percent(optarg, &settings->options.edge_threshold)) {
                tell(NULL, "--edge-threshold: expected 0 to 100 percent, found '%s'", optarg);
                return STATUS_USAGE;
            }
            break;
        case OPTION_BRIEF:
            settings->options.brief = true;
            break;
        case OPTION_ALL:
            settings->options.all = true;
            break;
        case OPTION_SOURCE_PATH:
            settings->options.source_path = optarg;
            break;
        case OPTION_COLOR:
            if (!parse_when(optarg, &settings->options.color, &color_ever)) {
                tell(NULL, "--color: expected auto, always or never, found '%s'", optarg);
                return STATUS_USAGE;
            }
            break;
        case OPTION_FOCUS:
            settings->options.filters.focus = optarg;
            break;
        case OPTION_IGNORE:
            settings->options.filters.ignore = optarg;
            break;
        case OPTION_HIDE:
            settings->options.filters.hide = optarg;
            break;
        case OPTION_SHOW:
            settings->options.filters.show = optarg;
            break;
        case OPTION_ROOT:
            settings->options.filters.root = optarg;
            break;
        case OPTION_LEAF:
            settings->options.filters.leaf = optarg;
            break;
        case 'q':
            settings->quiet = true;
            break;
        case 'v':
            settings->verbose = true;
            break;
        case OPTION_FILE_LIMIT:
            if (!parse_number(optarg, &settings->file_limit)) {
                tell(NULL, "--file-limit: expected a number, found '%s'", optarg);
                return STATUS_USAGE;
            }
            break;
        case OPTION_PROGRESS:
            if (!parse_when(optarg, at_once, &progress_ever)) {
                tell(NULL, "--progress: expected auto, always or never, found '%s'", optarg);
                return STATUS_USAGE;
            }
            break;
        case OPTION_HELP:
            write_help();
            return fflush(stdout) == 0 ? STATUS_WHOLE : STATUS_FAILED;
        case OPTION_VERSION:
            printf("hotreport %s\n", hp_version());
            return fflush(stdout) == 0 ? STATUS_WHOLE : STATUS_FAILED;
        default:
            return STATUS_USAGE;
        }
    }
    if (optind == argc) {
        tell(NULL, "expected an input file; --help tells more");
        return STATUS_USAGE;
    }
    if (strcmp(settings->output, "-") == 0 && isatty(STDOUT_FILENO)) {
        const char *no_color = getenv("NO_COLOR");

        settings->options.width = width_of_terminal();
        settings->options.color |= color_ever && !(no_color && *no_color);
    }
    settings->progress = *at_once || (progress_ever && isatty(STDERR_FILENO));
    *done = false;
    return STATUS_WHOLE;
}

/* --- Output ------------------------------------------------------------------------------- */

static int write_report(const struct settings *settings, hp_profile *profile)
{
    hp_output_file file;
    hp_error error = {0};
    hp_status status = hp_output_file_open(&file, settings->output, &error);

    if (status == HP_OK) {
        status =
            hp_report_write(settings->report, profile, &settings->options, file.stream, &error);
        if (status == HP_OK)
            status = hp_output_file_commit(&file, &error);
        else
            hp_output_file_abandon(&file);
    }
    if (status == HP_OK)
        return STATUS_WHOLE;
    if (status == HP_UNRECOGNISED) {
        tell(NULL, "%s", error.message);
        return STATUS_USAGE;
    }
    if (errno != EPIPE)
        tell(strcmp(settings->output, "-") == 0 ? "standard output" : settings->output, "%s",
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

int main(int argc, char **argv)
{
    struct settings settings = {.report = default_report(argv[0]), .output = "-"};
    struct reading reading = {.settings = &settings};
    bool done;
    int status;

    argv[0] = "hotreport";
    status = parse_options(argc, argv, &settings, &reading.line.at_once, &done);
    if (done)
        return status;
    reading.profile = hp_profile_new();
    if (!reading.profile) {
        tell(NULL, "out of memory");
        return STATUS_FAILED;
    }
    for (int i = optind; i < argc && !at_limit(&reading); i++)
        read_input(&reading, argv[i]);
    status = reading.read ? write_report(&settings, reading.profile) : STATUS_FAILED;
    if (status == STATUS_WHOLE && reading.damaged)
        status = STATUS_PARTIAL;
    hp_profile_free(reading.profile);
    return status;
}
