// SPDX-License-Identifier: MIT
#include "layout/blocks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The width indices that are tried at most: more would take long on large paper. */
enum { WAYS_MAX = 64 };

/* Distances: below a box, of a line that leads to columns, between blocks, above the spine. */
static const double below = 6, bus_gap = 5, gap = 6, spine_gap = 8;

void hp_blocks_begin(hp_blocks *blocks, uint32_t box, uint32_t most, double enough)
{
    uint32_t room = most > box ? most - box : 0;

    *blocks = (hp_blocks){.box = box, .step = 1 + room / WAYS_MAX, .enough = enough};
    blocks->ways_count = 1 + room / blocks->step;
}

void hp_blocks_free(hp_blocks *blocks)
{
    for (uint32_t i = 0; i < blocks->count; i++) {
        free(blocks->blocks[i].children);
        free(blocks->blocks[i].ways);
    }
    free(blocks->blocks);
    free(blocks->heights);
    *blocks = (hp_blocks){0};
}

uint32_t hp_blocks_add(hp_blocks *blocks, double head)
{
    if (blocks->count == blocks->capacity) {
        uint32_t capacity = 2 * blocks->capacity + 64;
        hp_block *larger = realloc(blocks->blocks, capacity * sizeof *larger);

        if (!larger)
            return HP_NO_BLOCK;
        blocks->blocks = larger;
        blocks->capacity = capacity;
    }

    hp_block *block = &blocks->blocks[blocks->count];

    *block = (hp_block){.head = head, .ways = calloc(blocks->ways_count, sizeof *block->ways)};
    blocks->count++;
    return block->ways ? blocks->count - 1 : HP_NO_BLOCK;
}

bool hp_block_adopt(hp_blocks *blocks, uint32_t number, uint32_t child)
{
    hp_block *block = &blocks->blocks[number];
    uint32_t *children =
        realloc(block->children, ((size_t)block->child_count + 2) * sizeof *children);

    if (!children)
        return false;
    block->children = children;
    children[block->child_count++] = child;
    return true;
}

/* --- Columns ------------------------------------------------------------------------------- */

static bool make_room(hp_blocks *blocks, size_t count)
{
    if (count > blocks->heights_size) {
        double *heights = realloc(blocks->heights, 2 * count * sizeof *heights);

        if (!heights)
            return false;
        blocks->heights = heights;
        blocks->heights_size = 2 * count;
    }
    return true;
}

/* The number of columns of this height that blocks fill one after the other. */
static size_t columns_of(const double *heights, size_t count, double height)
{
    size_t columns = 1;
    double filled = 0;

    for (size_t i = 0; i < count; i++) {
        if (filled > 0 && filled + heights[i] > height) {
            columns++;
            filled = 0;
        }
        filled += heights[i];
    }
    return columns;
}

/* The least height of so many columns; or a height that is not less than worst, or more than
 * enough, if that is so. */
static double column_height(const double *heights, size_t count, size_t columns, double worst,
                            double enough)
{
    double low = 0, high = 0;
    enum { ROUNDS = 10 };

    for (size_t i = 0; i < count; i++) {
        low = heights[i] > low ? heights[i] : low;
        high += heights[i];
    }
    if (columns == 1)
        return high;
    low = fmax(low, high / (double)columns);
    if (low >= worst || low > enough || columns_of(heights, count, low) <= columns)
        return low;
    /* No column is higher than the mean and one more block. */
    high = fmin(high, 2 * low);
    for (int round = 0; round < ROUNDS; round++) {
        double middle = (low + high) / 2;

        if (columns_of(heights, count, middle) <= columns)
            high = middle;
        else
            low = middle;
    }
    return high;
}

/* The index of the widest width that is not wider. */
static uint32_t index_of(const hp_blocks *blocks, uint32_t width)
{
    uint32_t index = (width - blocks->box) / blocks->step;

    return index < blocks->ways_count ? index : blocks->ways_count - 1;
}

/* Sets blocks->heights to those of children in a width, each with the gap below it. */
static void set_heights(hp_blocks *blocks, const hp_block *block, uint32_t first, uint32_t width)
{
    uint32_t index = index_of(blocks, width);

    for (uint32_t i = first; i < block->child_count; i++)
        blocks->heights[i - first] =
            (double)blocks->blocks[block->children[i]].ways[index].height + gap;
}

/* The least height of the children from first on in columns within a width, each with a lane before
 * it; sets *columns to their number. Infinite if there is no room. */
static double columns_height(hp_blocks *blocks, const hp_block *block, uint32_t first,
                             uint32_t width, uint16_t *columns)
{
    uint32_t count = block->child_count - first;
    double best = INFINITY;

    for (uint32_t k = 1; k <= count && width / k >= blocks->box + 1; k++) {
        set_heights(blocks, block, first, width / k - 1);

        double height =
            column_height(blocks->heights, count, k, best, blocks->enough) + (k > 1 ? bus_gap : 0);

        if (height < best - 0.01) {
            best = height;
            *columns = (uint16_t)k;
        }
    }
    return best;
}

/* --- Blocks -------------------------------------------------------------------------------- */

static void take_if_better(hp_block_way *way, double height, hp_block_way other)
{
    if (height < (double)way->height - 0.01) {
        *way = other;
        way->height = (float)height;
    }
}

/* Finds the ways of a block with children. bands: of the children but for the spine, for each
 * multiple of the step, the height of their columns; numbers: how many those are. */
static void find_ways(hp_blocks *blocks, hp_block *block, double *bands, uint16_t *numbers)
{
    const hp_block *spine = &blocks->blocks[block->children[0]];
    bool alone = block->child_count == 1;

    for (uint32_t i = 0; i < blocks->ways_count; i++) {
        numbers[i] = 0;
        bands[i] = alone ? 0 : columns_height(blocks, block, 1, i * blocks->step, &numbers[i]);
    }
    for (uint32_t i = 0; i < blocks->ways_count; i++) {
        uint32_t width = blocks->box + i * blocks->step;
        hp_block_way *way = &block->ways[i];
        uint16_t columns = 0;
        double height;

        *way = (hp_block_way){.height = INFINITY};
        if (alone) {
            take_if_better(way, block->head + spine_gap + (double)spine->ways[i].height,
                           (hp_block_way){0});
            continue;
        }
        if (!block->is_rail) {
            height = columns_height(blocks, block, 0, width, &columns);
            take_if_better(way, block->head + below + height,
                           (hp_block_way){.columns = columns, .spine_in = true});
        }
        height = columns_height(blocks, block, 1, width, &columns);
        take_if_better(
            way, block->head + below + height + spine_gap - gap + (double)spine->ways[i].height,
            (hp_block_way){.columns = columns});
        for (uint32_t s = 0; s <= i; s++) {
            if (!isfinite(bands[i - s]))
                break;
            height = fmax((double)spine->ways[s].height, bands[i - s]) + bus_gap;
            take_if_better(way, block->head + spine_gap + height,
                           (hp_block_way){.columns = numbers[i - s],
                                          .spine = (uint16_t)s,
                                          .spine_beside = true});
        }
        /* Without lines there need be no lane; and on paper without room for one, the lines run in
         * the margin. */
        if ((block->is_plain && !block->is_rail) ||
            (!isfinite(way->height) && i + 1 == blocks->ways_count)) {
            height = block->head + below;
            for (uint32_t c = 0; c < block->child_count; c++)
                height += (double)blocks->blocks[block->children[c]].ways[i].height + gap;
            take_if_better(way, height,
                           (hp_block_way){.columns = 1, .spine_in = true, .no_lane = true});
        }
    }
}

bool hp_block_measure(hp_blocks *blocks, uint32_t number)
{
    hp_block *block = &blocks->blocks[number];

    for (uint32_t i = 0; i < blocks->ways_count; i++)
        block->ways[i] = (hp_block_way){.height = (float)block->head};
    if (block->child_count == 0)
        return true;

    double *bands = malloc(blocks->ways_count * sizeof *bands);
    uint16_t *numbers = malloc(blocks->ways_count * sizeof *numbers);
    bool ok = bands && numbers && make_room(blocks, block->child_count);

    if (ok)
        find_ways(blocks, block, bands, numbers);
    free(bands);
    free(numbers);
    return ok;
}

double hp_block_height(const hp_blocks *blocks, uint32_t block)
{
    return (double)blocks->blocks[block].ways[blocks->ways_count - 1].height;
}

/* --- Where they are ------------------------------------------------------------------------ */

/* A block that is to be placed. */
struct place {
    uint32_t block, width; /* an index */
    hp_point corner;
    hp_block_line line;
};

struct places {
    struct place *items;
    size_t count, capacity;
};

static bool push(struct places *places, struct place place)
{
    if (places->count == places->capacity) {
        size_t capacity = 2 * places->capacity + 64;
        struct place *items = realloc(places->items, capacity * sizeof *items);

        if (!items)
            return false;
        places->items = items;
        places->capacity = capacity;
    }
    places->items[places->count++] = place;
    return true;
}

/* Places children from first on in columns from corner on, within a width. beside: not even the
 * first column is at the trunk. */
static bool place_columns(hp_blocks *blocks, const hp_block *block, uint32_t first, size_t columns,
                          uint32_t width, hp_point corner, bool beside, bool no_lane,
                          struct places *places)
{
    uint32_t count = block->child_count - first;
    uint32_t pitch = no_lane ? width + 1 : width / (uint32_t)columns;
    double top = corner.y + (columns > 1 ? bus_gap : 0), filled = 0, height;
    size_t column = 0;
    bool ok = make_room(blocks, count);

    if (!ok)
        return false;
    set_heights(blocks, block, first, pitch - 1);
    height = column_height(blocks->heights, count, columns, INFINITY, INFINITY) + 0.001;
    if (no_lane)
        corner.x -= HP_LANE;
    for (uint32_t i = 0; ok && i < count; i++) {
        if (filled > 0 && filled + blocks->heights[i] > height) {
            column++;
            filled = 0;
        }

        double lane = corner.x + (double)column * pitch * HP_LANE;
        hp_block_line line = {.lane = lane, .bus = beside || column > 0 ? corner.y : 0};

        ok = push(places, (struct place){block->children[first + i],
                                         index_of(blocks, pitch - 1),
                                         {lane + HP_LANE, top + filled},
                                         line});
        filled += blocks->heights[i];
    }
    return ok;
}

static bool place_children(hp_blocks *blocks, const struct place *place, struct places *places)
{
    const hp_block *block = &blocks->blocks[place->block];
    const hp_block_way *way = &block->ways[place->width];
    uint32_t width = blocks->box + place->width * blocks->step;
    hp_point at = {place->corner.x, place->corner.y + block->head};
    bool ok = true;

    if (block->child_count == 0)
        return true;
    if (way->spine_in)
        return place_columns(blocks, block, 0, way->columns, width, (hp_point){at.x, at.y + below},
                             false, way->no_lane, places);
    if (way->spine_beside) {
        hp_point right = {at.x + (blocks->box + way->spine * blocks->step) * HP_LANE,
                          at.y + spine_gap / 2};

        ok = way->columns == 0 ||
             place_columns(blocks, block, 1, way->columns,
                           (place->width - way->spine) * blocks->step, right, true, false, places);
        at.y += spine_gap + bus_gap;
    } else if (way->columns > 0) {
        double spine = (double)blocks->blocks[block->children[0]].ways[place->width].height;

        ok = place_columns(blocks, block, 1, way->columns, width, (hp_point){at.x, at.y + below},
                           false, false, places);
        at.y = place->corner.y + (double)way->height - spine;
    } else {
        at.y += spine_gap;
    }
    return ok && push(places, (struct place){block->children[0],
                                             way->spine_beside ? way->spine : place->width,
                                             at,
                                             {.straight = true}});
}

bool hp_block_place(hp_blocks *blocks, uint32_t block, hp_point corner)
{
    struct places places = {0};
    bool ok = push(
        &places, (struct place){.block = block, .width = blocks->ways_count - 1, .corner = corner});

    while (ok && places.count > 0) {
        struct place place = places.items[--places.count];

        blocks->blocks[place.block].corner = place.corner;
        blocks->blocks[place.block].line = place.line;
        ok = place_children(blocks, &place, &places);
    }
    free(places.items);
    return ok;
}
