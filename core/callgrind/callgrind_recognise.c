// SPDX-License-Identifier: MIT
/* The format has no magic number, and lines such as "version: 1" and "events: push" are in files of
 * many kinds. What no other kind has are lines such as "fn=main" below "events:". */
#include "callgrind/callgrind_recognise.h"

#include "input/scan.h"

enum line { OTHER, NEUTRAL, HEADER, ANY_HEADER, EVENTS, BODY };

static bool begins_with_any(hp_string text, const char *const *prefixes)
{
    for (; *prefixes; prefixes++)
        if (hp_take_prefix(&text, hp_text(*prefixes)))
            return true;
    return false;
}

/* "KEY: TEXT" with any key of one word */
static bool is_any_header(hp_string text)
{
    size_t i = 0;

    while (i < text.size &&
           (hp_is_digit(text.data[i]) || text.data[i] == '_' || text.data[i] == '-' ||
            ((text.data[i] | 0x20) >= 'a' && (text.data[i] | 0x20) <= 'z')))
        i++;
    return i > 0 && i < text.size && text.data[i] == ':';
}

static enum line kind_of(hp_string text)
{
    static const char *const headers[] = {
        "version:", "creator:",   "pid:",   "cmd:",     "part:",   "thread:", "desc:",
        "arch:",    "positions:", "event:", "summary:", "totals:", NULL};
    static const char *const bodies[] = {
        "fn=",  "fl=",  "fi=",  "fe=",    "ob=",   "cfn=",  "cfl=",    "cfi=",
        "cob=", "jfn=", "jfi=", "calls=", "jump=", "jcnd=", "rcalls=", NULL};

    if (hp_trimmed(text).size == 0 || *text.data == '#' || HP_TAKE(&text, "===="))
        return NEUTRAL;
    if (HP_TAKE(&text, "events:"))
        return EVENTS;
    if (begins_with_any(text, headers))
        return HEADER;
    if (begins_with_any(text, bodies))
        return BODY;
    return is_any_header(text) ? ANY_HEADER : OTHER;
}

/* Positions and costs, behind each other. */
static bool are_costs(hp_string text)
{
    static const char digits[] = "0123456789abcdefx+-* \t";
    size_t i = 0;

    while (i < text.size && memchr(digits, text.data[i], sizeof digits - 1))
        i++;
    return i == text.size;
}

/* Whether all events have names as programs give them; *any: whether there is one. */
static bool are_plain(hp_string text, bool *any)
{
    hp_string word;

    *any = false;
    for (bool plain = true;; *any = true) {
        if (!hp_take_word(&text, &word))
            return plain;
        for (size_t i = 0; i < word.size; i++)
            plain = plain && (hp_is_digit(word.data[i]) || word.data[i] == '_' ||
                              ((word.data[i] | 0x20) >= 'a' && (word.data[i] | 0x20) <= 'z'));
    }
}

bool hp_callgrind_recognise(const uint8_t *head, size_t size)
{
    const char *at = (const char *)head, *end = at + size;
    size_t headers = 0;
    bool events = false, plain = true, any_header = false, cut = size == HP_HEAD_SIZE;
    hp_string text = {at, size};

    if (HP_TAKE(&text, "\xef\xbb\xbf"))
        at = text.data;
    if (HP_TAKE(&text, "# callgrind format"))
        return true;
    if (HP_TAKE(&text, "# hotprof: folded;")) /* whose functions may have the name of a header */
        return false;
    while (at < end) {
        text = hp_take_line(&at, end);
        switch (kind_of(text)) {
        case NEUTRAL:
            break;
        case HEADER:
            headers++;
            break;
        case ANY_HEADER:
            any_header = true;
            break;
        case EVENTS:
            plain = are_plain((hp_string){text.data + 7, text.size - 7}, &events);
            if (!events)
                return false;
            break;
        case BODY:
            return events;
        case OTHER:
            if (at < end || !cut) /* else the line may be cut */
                return events && plain && !any_header && are_costs(text);
            break;
        }
    }
    if (events)
        return (plain || cut) && !any_header;
    return cut && headers > 1 && !any_header;
}
