// SPDX-License-Identifier: MIT
#include "filter/pattern.h"

#ifndef HP_PCRE2

hp_status hp_pattern_new(hp_pattern **pattern, const char *text, hp_error *error)
{
    (void)text;
    *pattern = NULL;
    return hp_error_set(error, HP_UNRECOGNISED, 0, "this hotreport was built without PCRE2");
}

void hp_pattern_free(hp_pattern *pattern)
{
    (void)pattern;
}

hp_status hp_pattern_find(const hp_pattern *pattern, hp_string text, bool *found, hp_error *error)
{
    (void)pattern;
    (void)text;
    (void)error;
    *found = false;
    return HP_OK;
}

#else

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

/* A match that takes more takes milliseconds, and there are many functions. */
enum { STEPS_MAX = 100000, KIBIBYTES_MAX = 20000 };

struct hp_pattern {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *limits;
};

/* --- From POSIX ---------------------------------------------------------------------------- */

typedef struct translation {
    const char *at; /* in the POSIX expression */
    char *end;      /* of the one for PCRE2 */
    char **opened;  /* the parentheses that are open, in the one for PCRE2 */
    size_t depth;   /* how many */
    char *atom;     /* what a repeat here would repeat, in the one for PCRE2 */
    bool repeated;  /* it has been repeated */
} translation;

static void copy(translation *posix, size_t size)
{
    memcpy(posix->end, posix->at, size);
    posix->at += size;
    posix->end += size;
}

static void replace(translation *posix, size_t size, const char *with)
{
    posix->at += size;
    posix->end = stpcpy(posix->end, with);
}

/* A backslash in brackets stands for itself. */
static void translate_brackets(translation *posix)
{
    const char *first;

    copy(posix, posix->at[1] == '^' ? 2 : 1);
    first = posix->at;
    while (*posix->at && (*posix->at != ']' || posix->at == first)) {
        const char *end = NULL;

        if (*posix->at == '[' && posix->at[1] && strchr(".:=", posix->at[1])) {
            const char close[] = {posix->at[1], ']', '\0'};

            end = strstr(posix->at + 2, close);
        }
        if (end)
            copy(posix, (size_t)(end + 2 - posix->at));
        else if (*posix->at == '\\' || *posix->at == '[')
            replace(posix, 1, *posix->at == '[' ? "\\[" : "\\\\");
        else
            copy(posix, 1);
    }
    copy(posix, *posix->at ? 1 : 0);
}

/* GNU's word boundaries. */
static void translate_escape(translation *posix)
{
    if (posix->at[1] == '<')
        replace(posix, 2, "\\b(?=\\w)");
    else if (posix->at[1] == '>')
        replace(posix, 2, "\\b(?<=\\w)");
    else
        copy(posix, posix->at[1] ? 2 : 1);
}

/* The length of a repeat; 0: it is none. */
static size_t repeat_length(const char *at)
{
    size_t digits = strspn(at + 1, "0123456789"), more;

    if (strchr("*+?", *at))
        return 1;
    if (*at != '{')
        return 0;
    more = at[1 + digits] == ',' ? 1 + strspn(at + 2 + digits, "0123456789") : 0;
    return digits + more > 0 && at[1 + digits + more] == '}' ? digits + more + 2 : 0;
}

/* What is repeated again becomes a group: PCRE2 means something else by + and ? behind a
 * repeat. */
static void translate_repeat(translation *posix, size_t length)
{
    if (posix->repeated) {
        memmove(posix->atom + 3, posix->atom, (size_t)(posix->end - posix->atom));
        memcpy(posix->atom, "(?:", 3);
        posix->end = stpcpy(posix->end + 3, ")");
    }
    if (strncmp(posix->at, "{,", 2) == 0) {
        replace(posix, 2, "{0,");
        length -= 2;
    }
    copy(posix, length);
    posix->repeated = true;
}

static void translate_next(translation *posix)
{
    size_t repeat = repeat_length(posix->at);

    if (repeat > 0) {
        translate_repeat(posix, repeat);
        return;
    }
    if ((*posix->at & 0xc0) == 0x80) { /* of a character that has begun */
        copy(posix, 1);
        return;
    }
    posix->atom = posix->end;
    posix->repeated = false;
    if (*posix->at == '[') {
        translate_brackets(posix);
    } else if (*posix->at == '\\') {
        translate_escape(posix);
    } else if (*posix->at == ')' && posix->depth == 0) {
        replace(posix, 1, "\\)");
    } else {
        if (*posix->at == '(')
            posix->opened[posix->depth++] = posix->end;
        else if (*posix->at == ')')
            posix->atom = posix->opened[--posix->depth];
        copy(posix, 1);
    }
}

/* An expression of PCRE2 that means the same as a POSIX extended one; to be freed. NULL without
 * memory. */
static char *translate(const char *text)
{
    size_t length = strlen(text);
    char *translated = malloc(length * (sizeof "\\b(?<=\\w)" + sizeof "(?:)") + 1);
    translation posix = {.at = text,
                         .end = translated,
                         .opened = malloc((length + 1) * sizeof *posix.opened),
                         .atom = translated};

    if (!translated || !posix.opened) {
        free(translated);
        free(posix.opened);
        return NULL;
    }
    while (*posix.at)
        translate_next(&posix);
    *posix.end = '\0';
    free(posix.opened);
    return translated;
}

/* --- Compiling ----------------------------------------------------------------------------- */

/* Sets *code to NULL, and *status, if it is no expression. The text is taken for UTF-8 if it is. */
static hp_status compile(const char *text, pcre2_compile_context *context, pcre2_code **code,
                         hp_error *error)
{
    const uint32_t options = PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
    unsigned char why[200];
    size_t offset;
    int failed;

    *code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options | PCRE2_UTF | PCRE2_UCP,
                          &failed, &offset, context);
    if (!*code && failed < 0) /* one of the errors of UTF-8 */
        *code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options, &failed, &offset,
                              context);
    if (*code)
        return HP_OK;
    if (failed == PCRE2_ERROR_HEAP_FAILED)
        return hp_no_memory(error);
    pcre2_get_error_message(failed, why, sizeof why);
    return hp_error_set(error, HP_UNRECOGNISED, 0, "%s", (char *)why);
}

hp_status hp_pattern_new(hp_pattern **pattern, const char *text, hp_error *error)
{
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    hp_pattern *made = calloc(1, sizeof *made);
    char *translated = NULL;
    hp_status status = HP_OK;

    *pattern = NULL;
    if (strlen(text) > HP_PATTERN_MAX)
        status =
            hp_error_set(error, HP_UNRECOGNISED, 0, "it is longer than %d bytes", HP_PATTERN_MAX);
    else if (!context || !made || !(translated = translate(text)))
        status = hp_no_memory(error);
    if (status == HP_OK) {
        pcre2_set_parens_nest_limit(context, HP_PATTERN_DEPTH_MAX);
        status = compile(translated, context, &made->code, error);
    }
    if (status == HP_OK) {
        made->match = pcre2_match_data_create(1, NULL);
        made->limits = pcre2_match_context_create(NULL);
        if (!made->match || !made->limits)
            status = hp_no_memory(error);
    }
    if (status == HP_OK) {
        pcre2_set_match_limit(made->limits, STEPS_MAX);
        pcre2_set_heap_limit(made->limits, KIBIBYTES_MAX);
        *pattern = made;
    } else {
        hp_pattern_free(made);
    }
    free(translated);
    pcre2_compile_context_free(context);
    return status;
}

void hp_pattern_free(hp_pattern *pattern)
{
    if (!pattern)
        return;
    pcre2_code_free(pattern->code);
    pcre2_match_data_free(pattern->match);
    pcre2_match_context_free(pattern->limits);
    free(pattern);
}

hp_status hp_pattern_find(const hp_pattern *pattern, hp_string text, bool *found, hp_error *error)
{
    int result = pcre2_match(pattern->code, (PCRE2_SPTR)text.data, text.size, 0, PCRE2_NO_UTF_CHECK,
                             pattern->match, pattern->limits);

    *found = result >= 0;
    if (*found || result == PCRE2_ERROR_NOMATCH)
        return HP_OK;
    if (result == PCRE2_ERROR_NOMEMORY)
        return hp_no_memory(error);
    return hp_error_set(error, HP_LIMIT, 0, "it takes too long to look for");
}

#endif
