// SPDX-License-Identifier: MIT
/* Fills in what manuals and desktop files say of the formats and reports that there are.
 *
 * usage: describe < TEMPLATE > FILE
 *
 * In the template each name in the table below, between two %, becomes a list made from the tables
 * of formats and reports. Everything else stays as it is. */
#include "input/reader.h"
#include "report.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* --- Manual pages -------------------------------------------------------------------------- */

static bool is_page_char(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* The length of "gzip(1)" at the start of a text; 0 if there is none. */
static size_t page_length(const char *text)
{
    size_t length = 0;

    while (is_page_char(text[length]))
        length++;
    return length && text[length] == '(' && strchr("12345678", text[length + 1]) &&
                   text[length + 2] == ')'
               ? length + 3
               : 0;
}

/* Plain text as roff: names of manual pages and what stands in quotes are bold. */
static void print_roff(const char *text)
{
    bool quoted = false;

    for (const char *c = text; *c; c++) {
        size_t page = c == text || !is_page_char(c[-1]) ? page_length(c) : 0;

        if (page) {
            fputs("\\fB", stdout);
            for (; page > 3; page--, c++)
                fputs(*c == '-' ? "\\-" : (char[]){*c, '\0'}, stdout);
            printf("\\fR(%c)", c[1]);
            c += 2;
        } else if (*c == '"') {
            quoted = !quoted;
            fputs(quoted ? "\\fB" : "\\fR", stdout);
        } else {
            fputs(*c == '-' ? "\\-" : *c == '\\' ? "\\e" : (char[]){*c, '\0'}, stdout);
        }
    }
}

static void print_roff_item(const char *name, const char *manual)
{
    printf(".TP 12\n.B %s\n", name);
    print_roff(manual);
    putchar('\n');
}

static void roff_formats(void)
{
    for (size_t i = 0; hp_reader_at(i); i++)
        print_roff_item(hp_reader_at(i)->format.name, hp_reader_at(i)->manual);
}

static void roff_reports(void)
{
    for (size_t i = 0; hp_report_at(i); i++)
        print_roff_item(hp_report_at(i)->name, hp_report_at(i)->manual);
}

/* --- The README ---------------------------------------------------------------------------- */

static void readme_formats(void)
{
    puts("| input | what it is |\n|---|---|");
    for (size_t i = 0; hp_reader_at(i); i++)
        printf("| `%s` | %s |\n", hp_reader_at(i)->format.name,
               hp_reader_at(i)->format.description);
}

static void readme_reports(void)
{
    puts("| report | what it is |\n|---|---|");
    for (size_t i = 0; hp_report_at(i); i++)
        printf("| `%s` | %s |\n", hp_report_at(i)->name, hp_report_at(i)->description);
}

/* --- The desktop --------------------------------------------------------------------------- */

static void mime_types(void)
{
    for (size_t i = 0; hp_reader_at(i); i++) {
        const hp_mime *mime = &hp_reader_at(i)->mime;

        if (!mime->type)
            continue;
        printf("  <mime-type type=\"%s\">\n"
               "    <comment>%s</comment>\n"
               "    <generic-icon name=\"x-office-spreadsheet\"/>\n"
               "    <magic priority=\"%s\">\n",
               mime->type, mime->comment, mime->priority);
        for (const hp_string *magic = mime->magic; magic->size; magic++) {
            printf("      <match type=\"string\" offset=\"%s\" value=\"",
                   mime->inside ? "0:256" : "0");
            for (size_t at = 0; at < magic->size; at++)
                printf("\\x%02x", (unsigned char)magic->data[at]);
            puts("\"/>");
        }
        printf("    </magic>\n"
               "    <glob pattern=\"%s\"/>\n"
               "  </mime-type>\n",
               mime->pattern);
    }
}

static void desktop_types(void)
{
    for (size_t i = 0; hp_reader_at(i); i++)
        if (hp_reader_at(i)->mime.type)
            printf("%s;", hp_reader_at(i)->mime.type);
}

static void metainfo_types(void)
{
    for (size_t i = 0; hp_reader_at(i); i++)
        if (hp_reader_at(i)->mime.type)
            printf("    <mediatype>%s</mediatype>\n", hp_reader_at(i)->mime.type);
}

/* --- The template -------------------------------------------------------------------------- */

static const struct {
    const char *name;
    void (*print)(void);
} lists[] = {
    {"%roff-formats%", roff_formats},     {"%roff-reports%", roff_reports},
    {"%readme-formats%", readme_formats}, {"%readme-reports%", readme_reports},
    {"%mime-types%", mime_types},         {"%desktop-types%", desktop_types},
    {"%metainfo-types%", metainfo_types},
};
enum { LIST_COUNT = sizeof lists / sizeof *lists };

int main(void)
{
    char line[4096];

    while (fgets(line, sizeof line, stdin)) {
        size_t i = 0;
        char *at = NULL;

        while (i < LIST_COUNT && !(at = strstr(line, lists[i].name)))
            i++;
        if (!at) {
            fputs(line, stdout);
            continue;
        }
        const char *rest = at + strlen(lists[i].name);

        printf("%.*s", (int)(at - line), line);
        lists[i].print();
        if (at > line || *rest != '\n') /* a list that has lines of its own ends them */
            fputs(rest, stdout);
    }
    return ferror(stdin) || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
