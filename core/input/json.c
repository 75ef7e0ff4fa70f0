// SPDX-License-Identifier: MIT
#include "input/json.h"

#include "input/scan.h"

#ifdef HP_YAJL
#include <setjmp.h>
#include <stdlib.h>
#include <yajl_parse.h>
#endif

/* --- Numbers -------------------------------------------------------------------------------- */

hp_status hp_json_decimal(hp_string number, unsigned digits, uint64_t *value)
{
    size_t at = 0;
    long power = (long)digits, exponent = 0;
    bool fraction = false, negative = false, round = false;
    uint64_t sum = 0;

    *value = 0;
    if (number.size && *number.data == '-')
        at++;
    negative = at > 0;
    for (; at < number.size && (number.data[at] | 0x20) != 'e'; at++) {
        if (number.data[at] == '.') {
            fraction = true;
            continue;
        }

        unsigned digit = (unsigned)(number.data[at] - '0');

        /* What does not fit is needed only if it is not behind the point. */
        if (sum > (UINT64_MAX - 9) / 10) {
            power += !fraction;
            continue;
        }
        sum = 10 * sum + digit;
        power -= fraction;
    }
    if (at < number.size) {
        bool minus = ++at < number.size && number.data[at] == '-';

        at += at < number.size && (number.data[at] == '-' || number.data[at] == '+');
        for (; at < number.size && exponent < 1000; at++)
            exponent = 10 * exponent + (number.data[at] - '0');
        power += minus ? -exponent : exponent;
    }
    for (; power > 0 && sum; power--) {
        if (sum > UINT64_MAX / 10)
            return HP_OVERFLOW;
        sum *= 10;
    }
    for (; power < 0 && sum; power++) {
        round = sum % 10 >= 5;
        sum /= 10;
    }
    *value = sum + round;
    return negative && *value ? HP_CORRUPT : HP_OK;
}

/* --- Parsing -------------------------------------------------------------------------------- */

#ifdef HP_YAJL

enum { STRETCH = 1 << 20 };

typedef struct json_parser {
    const hp_json_events *events;
    void *context;
    const hp_load_options *options;
    hp_error *error;
    yajl_handle handle;
    const uint8_t *data;
    size_t size, told, depth;
    struct block *blocks;
    jmp_buf no_memory;
} json_parser;

/* yajl does not check whether it gets memory. So what it asks for never fails: without memory
 * reading ends at once, and all that yajl has is freed. */
typedef struct block {
    struct block *next, **link; /* link: what points to this block */
    max_align_t data[];
} block;

static void *link_block(json_parser *parser, block *added)
{
    if (!added)
        longjmp(parser->no_memory, 1);
    added->next = parser->blocks;
    added->link = &parser->blocks;
    if (added->next)
        added->next->link = &added->next;
    parser->blocks = added;
    return added->data;
}

static block *unlink_block(void *data)
{
    block *taken = (block *)((char *)data - offsetof(block, data));

    *taken->link = taken->next;
    if (taken->next)
        taken->next->link = taken->link;
    return taken;
}

static void *take_memory(void *context, size_t size)
{
    return link_block(context, malloc(sizeof(block) + size));
}

static void give_memory(void *context, void *data)
{
    (void)context;
    if (data)
        free(unlink_block(data));
}

static void *change_memory(void *context, void *data, size_t size)
{
    block *old = data ? unlink_block(data) : NULL;
    block *changed = realloc(old, sizeof(block) + size);

    if (!changed)
        free(old);
    return link_block(context, changed);
}

static bool is_working(json_parser *parser)
{
    size_t done = yajl_get_bytes_consumed(parser->handle);

    if (!parser->options->progress || done < parser->told)
        return true;
    parser->told = done + STRETCH;
    return parser->options->progress(parser->options->progress_context, done, parser->size) ||
           hp_error_set(parser->error, HP_CANCELLED, 0, "cancelled") == HP_OK;
}

static int begin(json_parser *parser, bool object)
{
    if (++parser->depth > HP_JSON_DEPTH)
        return hp_error_set(parser->error, HP_LIMIT, yajl_get_bytes_consumed(parser->handle),
                            "has more than %d JSON values in each other", HP_JSON_DEPTH) == HP_OK;
    return parser->events->begin(parser->context, object);
}

static int begin_object(void *context)
{
    return begin(context, true);
}

static int begin_array(void *context)
{
    return begin(context, false);
}

static int end(void *context)
{
    json_parser *parser = context;

    parser->depth--;
    return parser->events->end(parser->context) && is_working(parser);
}

static int key(void *context, const unsigned char *text, size_t size)
{
    const json_parser *parser = context;

    return parser->events->key(parser->context, (hp_string){(const char *)text, size});
}

static int string(void *context, const unsigned char *text, size_t size)
{
    const json_parser *parser = context;

    return parser->events->string(parser->context, (hp_string){(const char *)text, size});
}

static hp_status truncated(const json_parser *parser)
{
    return hp_error_set(parser->error, HP_TRUNCATED, parser->size,
                        "offset %zu: expected more of the JSON, found the end of the file",
                        parser->size);
}

static int number(void *context, const char *text, size_t size)
{
    const json_parser *parser = context;

    /* yajl has a copy only of the number at the very end, which may go on. */
    if ((uintptr_t)text - (uintptr_t)parser->data >= parser->size)
        return truncated(parser) == HP_OK;
    return parser->events->number(parser->context, (hp_string){text, size});
}

static int boolean(void *context, int value)
{
    const json_parser *parser = context;

    (void)value;
    return parser->events->other(parser->context);
}

static int null(void *context)
{
    return boolean(context, 0);
}

/* The first line of what yajl says, without a newline. */
static hp_status syntax_error(const json_parser *parser)
{
    size_t offset = yajl_get_bytes_consumed(parser->handle);
    unsigned char *text = yajl_get_error(parser->handle, 0, parser->data, parser->size);
    const char *problem = text ? (const char *)text : "";
    hp_status status = hp_error_set(parser->error, HP_CORRUPT, offset, "offset %zu: %.*s", offset,
                                    (int)strcspn(problem, "\n"), problem);

    yajl_free_error(parser->handle, text);
    return status;
}

bool hp_json_can_read(void)
{
    return true;
}

static void parse(json_parser *parser)
{
    static const yajl_callbacks callbacks = {.yajl_null = null,
                                             .yajl_boolean = boolean,
                                             .yajl_number = number,
                                             .yajl_string = string,
                                             .yajl_start_map = begin_object,
                                             .yajl_map_key = key,
                                             .yajl_end_map = end,
                                             .yajl_start_array = begin_array,
                                             .yajl_end_array = end};
    yajl_alloc_funcs memory = {take_memory, change_memory, give_memory, parser};
    yajl_status status;

    parser->handle = yajl_alloc(&callbacks, &memory, parser);
    status = yajl_parse(parser->handle, parser->data, parser->size);
    if (status == yajl_status_ok) {
        status = yajl_complete_parse(parser->handle);
        if (status == yajl_status_error && parser->error->status == HP_OK)
            (void)truncated(parser);
    }
    if (status == yajl_status_error && parser->error->status == HP_OK)
        (void)syntax_error(parser);
}

hp_status hp_json_read(const uint8_t *data, size_t size, const hp_json_events *events,
                       void *context, const hp_load_options *options, hp_error *error)
{
    json_parser parser = {.events = events,
                          .context = context,
                          .options = options,
                          .error = error,
                          .data = data,
                          .size = size};

    if (setjmp(parser.no_memory) == 0)
        parse(&parser);
    else
        hp_no_memory(error);
    while (parser.blocks)
        give_memory(NULL, parser.blocks->data);
    return error->status;
}

#else

bool hp_json_can_read(void)
{
    return false;
}

hp_status hp_json_read(const uint8_t *data, size_t size, const hp_json_events *events,
                       void *context, const hp_load_options *options, hp_error *error)
{
    (void)data, (void)size, (void)events, (void)context, (void)options;
    return hp_error_set(error, HP_UNRECOGNISED, 0,
                        "is JSON, which this hotprof was built without: yajl was missing");
}

#endif
