// SPDX-License-Identifier: MIT
#include "chart/short_name.h"

#include "text/columns.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static const char OPERATOR[] = "operator";
enum { OPERATOR_SIZE = sizeof OPERATOR - 1 };

/* The length of "operator<<", "operator()" and the like at a place; 0 if there is none. */
static size_t operator_at(const char *name, const char *at)
{
    static const char *const longer[] = {
        "<=>", "<<=", ">>=", "->*", "()", "[]", "<<", ">>", "<=", ">=", "==", "!=", "&&",
        "||",  "++",  "--",  "+=",  "-=", "*=", "/=", "%=", "^=", "&=", "|=", "->"};
    const char *end = at + OPERATOR_SIZE;

    if (strncmp(at, OPERATOR, OPERATOR_SIZE) != 0 || (at > name && is_word(at[-1])) ||
        is_word(*end))
        return 0;
    for (size_t i = 0; i < sizeof longer / sizeof *longer; i++)
        if (strncmp(end, longer[i], strlen(longer[i])) == 0)
            return OPERATOR_SIZE + strlen(longer[i]);
    return OPERATOR_SIZE + (*end && strchr("<>=-+*/&|^%!~,", *end));
}

/* Whether a "<" opens template arguments: behind a word or an operator, with a blank between "<"
 * and
 * "<". There are names such as "<module>", too. */
static bool opens_template(const char *name, const char *at)
{
    const char *before = at > name && at[-1] == ' ' ? at - 1 : at;

    return at > name && ((before == at && is_word(at[-1])) ||
                         (before > name && strchr("<>=-+*/&|^%!~,)]", before[-1])));
}

/* What follows "{...}", "(...)" or "<...>"; NULL if there is no such bracket or it is not closed.
 */
static const char *behind_bracket(const char *name, const char *at)
{
    size_t depth = 0;

    if (*at != '{' && *at != '(' && !(*at == '<' && opens_template(name, at)))
        return NULL;
    while (*at) {
        size_t token = operator_at(name, at);

        if (token == 0 && strncmp(at, "->", 2) == 0)
            token = 2;
        if (token > 0) {
            at += token;
            continue;
        }
        depth += *at == '{' || *at == '(' || *at == '<';
        depth -= *at == '}' || *at == ')' || *at == '>';
        at++;
        if (depth == 0)
            return at;
    }
    return NULL;
}

/* The next place outside brackets and operators. */
static const char *next(const char *name, const char *at)
{
    size_t token = operator_at(name, at);
    const char *behind = token > 0 ? at + token : behind_bracket(name, at);

    return behind ? behind : at + 1;
}

static void cut(char *from, const char *to)
{
    memmove(from, to, strlen(to) + 1);
}

/* Empties template arguments within so many others. */
static void empty_templates(char *name, size_t depth)
{
    size_t within = 0;

    for (char *at = name; *at; at++) {
        size_t token = operator_at(name, at);
        const char *behind = *at == '<' ? behind_bracket(name, at) : NULL;

        if (token == 0 && strncmp(at, "->", 2) == 0)
            token = 2;
        if (token > 0)
            at += token - 1;
        else if (behind && within == depth)
            cut(at + 1, behind - 1);
        else if (behind)
            within++;
        else if (*at == '>' && within > 0 && at[-1] != '<')
            within--;
    }
}

/* The "(" of the parameters: the last one outside brackets that no "::" follows. */
static char *parameters_of(char *name)
{
    char *found = NULL;

    for (char *at = name; *at; at = name + (next(name, at) - name)) {
        if (*at == '(' && behind_bracket(name, at))
            found = at;
        else if (strncmp(at, "::", 2) == 0)
            found = NULL;
    }
    return found;
}

static void empty_parameters(char *name)
{
    char *found = parameters_of(name);

    if (found)
        cut(found + 1, behind_bracket(name, found) - 1);
}

/* Empties the parameters of the functions that one is in. "(anonymous namespace)" are none. */
static void empty_outer_parameters(char *name)
{
    for (char *at = name; *at; at++) {
        size_t token = operator_at(name, at);
        const char *behind = *at == '(' && at > name && at[-1] != ':' && at[-1] != ' '
                                 ? behind_bracket(name, at)
                                 : NULL;

        if (token > 0)
            at += token - 1;
        else if (behind)
            cut(at + 1, behind - 1);
    }
}

/* Whether the blank at a place is that of "operator new" or "operator int". */
static bool is_in_operator(const char *name, const char *at)
{
    return *at == ' ' && at - name >= (ptrdiff_t)OPERATOR_SIZE &&
           strncmp(at - OPERATOR_SIZE, OPERATOR, OPERATOR_SIZE) == 0;
}

/* Cuts what is in front of the last blank outside brackets, but for those of "operator new" and of
 * what follows the parameters. */
static void cut_return_type(char *name)
{
    const char *end = parameters_of(name), *start = name;

    for (const char *at = name; *at && (!end || at < end); at = next(name, at))
        if (is_in_operator(name, at))
            break;
        else if (*at == ' ' && at[1] != '<' && strncmp(at, " const", 6) != 0)
            start = at + 1;
    if (end)
        cut(name, start);
}

/* Returns false if there is none left. */
static bool cut_namespace(char *name)
{
    const char *end = parameters_of(name);

    for (const char *at = name; *at && (!end || at < end) && !is_in_operator(name, at);
         at = next(name, at))
        if (strncmp(at, "::", 2) == 0) {
            cut(name, at + 2);
            return true;
        }
    return false;
}

static void shorten(char *name, size_t columns, size_t depth)
{
    static void (*const steps[])(char *) = {empty_parameters, cut_return_type,
                                            empty_outer_parameters};

    if (hp_columns_of(name) > columns)
        empty_templates(name, depth);
    for (size_t i = 0; i < sizeof steps / sizeof *steps && hp_columns_of(name) > columns; i++)
        steps[i](name);
    while (hp_columns_of(name) > columns && cut_namespace(name))
        ;
    if (depth > 0 && hp_columns_of(name) > columns)
        empty_templates(name, 0);
}

char *hp_short_name(const char *name, size_t columns, size_t depth)
{
    char *rest = strdup(name), *text = NULL;
    size_t size;
    FILE *stream;

    if (!rest)
        return NULL;
    if (strstr(name, "::") || parameters_of(rest))
        shorten(rest, columns, depth);
    stream = open_memstream(&text, &size);
    if (stream) {
        hp_print_shortened(stream, rest, columns);
        if (fclose(stream) != 0) {
            free(text);
            text = NULL;
        }
    }
    free(rest);
    return text;
}
