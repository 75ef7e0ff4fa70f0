// SPDX-License-Identifier: MIT
#include "drawing/document.h"

#include "chart/hot_path.h"
#include "drawing/heading.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* The largest scale, so that few functions do not look like a poster. */
static const double scale_max = 1.6;

/* No functions are left out for larger text below this number. */
enum { FUNCTIONS_MIN = 8 };

/* With more functions only the heaviest caller of each is drawn, as the layout would take minutes.
 */
enum { DENSE_MAX = 1500 };

/* Heading and legend need this width. */
static const double picture_width_min = 460;

/* Room for the line below a tile that names its neighbours, and for the title above a sheet of an
 * atlas. */
static const double tile_footer = 16, atlas_heading = 26;

HP_PRINTF(2, 3) static void warn(const hp_document *document, const char *format, ...)
{
    const hp_listener *listener = &document->options->listener;
    char message[240];
    va_list arguments;

    if (!listener->warn)
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    listener->warn(listener->context, message);
}

/* --- The pictures -------------------------------------------------------------------------- */

/* The paper that a picture must fit on. */
struct room {
    const hp_paper *paper; /* NULL: any size */
    size_t pages;
    double heading, footer;
};

static hp_grid grid_for(const struct room *room, hp_size drawing, hp_size piece)
{
    const hp_poster poster = {.drawing = {fmax(drawing.width, 1), fmax(drawing.height, 1)},
                              .piece = {fmax(piece.width, 1), fmax(piece.height, 1)},
                              .heading = room->heading,
                              .footer = room->footer,
                              .scale_max = scale_max};

    return hp_paper_grid(room->paper, room->pages, &poster);
}

static double fit(const void *context, hp_size drawing, hp_size piece)
{
    const struct room *room = context;

    return room->paper ? grid_for(room, drawing, piece).scale : scale_max;
}

static struct room room_of(hp_document *document, bool on_paper)
{
    const hp_paper *paper = &document->options->paper;
    struct room room = {.paper = on_paper ? paper : NULL, .pages = 1};
    hp_paper upright = *paper;

    if (paper->paging == HP_ATLAS) {
        room.heading = atlas_heading;
        return room;
    }
    upright.orientation = HP_PORTRAIT;
    room.pages = hp_paper_pages(paper);
    room.footer = room.pages > 1 ? tile_footer : 0;
    room.heading = hp_heading_draw(
        &document->chart, &document->pen, NULL, 0, 0,
        hp_paper_grid(&upright, 1, &(hp_poster){{1, 1}, {1, 1}, 0, 0, 1}).tile.width);
    return room;
}

static void free_pictures(hp_document *document)
{
    for (size_t i = 0; i < document->picture_count; i++)
        hp_picture_free(&document->pictures[i]);
    free(document->pictures);
    free(document->grids);
    document->pictures = NULL;
    document->grids = NULL;
    document->picture_count = 0;
    hp_atlas_free(&document->atlas);
    hp_chart_free(&document->chart);
}

/* Builds and lays out the picture, or one for each sheet of an atlas. */
static hp_status make_pictures(hp_document *document, const hp_profile *profile, size_t max_nodes,
                               bool on_paper, hp_error *error)
{
    const hp_report_options *options = document->options;
    bool is_atlas = on_paper && options->paper.paging == HP_ATLAS;
    hp_status status =
        hp_chart_build(&document->chart, profile, options, max_nodes, document->sparse, error);
    size_t count = 1;

    if (status == HP_OK && is_atlas) {
        status = hp_atlas_build(&document->atlas, &document->chart, hp_paper_pages(&options->paper),
                                error);
        count = document->atlas.sheet_count;
    }
    if (status != HP_OK)
        return status;
    document->pictures = calloc(count, sizeof *document->pictures);
    document->grids = calloc(count, sizeof *document->grids);
    if (!document->pictures || !document->grids)
        return hp_no_memory(error);

    struct room room = room_of(document, on_paper);

    for (uint32_t i = 0; status == HP_OK && i < count; i++) {
        hp_picture *picture = &document->pictures[document->picture_count++];

        status = hp_picture_make(picture, &document->chart, is_atlas ? &document->atlas : NULL, i,
                                 &document->pen, error);
        if (status == HP_OK)
            status = hp_picture_lay_out(picture, fit, &room, options->listener.working,
                                        options->listener.context, error);
        if (status == HP_OK && on_paper)
            document->grids[i] = grid_for(&room, picture->layout.size, picture->largest);
    }
    return status;
}

static double smallest_font(const hp_document *document)
{
    double scale = scale_max;

    for (size_t i = 0; i < document->picture_count; i++)
        scale = fmin(scale, document->grids[i].scale);
    return scale * HP_PICTURE_FONT_SIZE;
}

/* The number of sheets on which the same would be legible; 0: more than HP_PAGES_MAX. */
static size_t pages_that_would_do(hp_document *document, double min_font)
{
    const hp_paper *paper = &document->options->paper;
    struct room room = room_of(document, true);
    hp_paper free_grid = *paper;

    if (paper->paging == HP_ATLAS) {
        double more = min_font / smallest_font(document);
        double pages = ceil((double)hp_paper_pages(paper) * more * more);

        return pages <= HP_PAGES_MAX ? (size_t)pages : 0;
    }
    free_grid.rows = free_grid.columns = 0;
    room.paper = &free_grid;
    for (room.pages++; room.pages <= HP_PAGES_MAX; room.pages++) {
        const hp_picture *picture = &document->pictures[0];
        hp_grid grid = grid_for(&room, picture->layout.size, picture->largest);

        if (grid.scale * HP_PICTURE_FONT_SIZE >= min_font)
            return grid.rows * grid.columns;
    }
    return 0;
}

static void tell_of_paper(hp_document *document)
{
    const hp_paper *paper = &document->options->paper;
    const hp_grid *grid = &document->grids[0];
    size_t pages = hp_paper_pages(paper);
    double min_font = hp_paper_min_font(paper), font = smallest_font(document);

    if (paper->paging == HP_TILE && grid->rows * grid->columns < pages)
        warn(
            document,
            "%zu sheets (%zux%zu) show more than %zu in a row would: these are drawn; --grid=1x%zu "
            "or %zux1 has all %zu",
            grid->rows * grid->columns, grid->rows, grid->columns, pages, pages, pages, pages);
    if (paper->paging == HP_ATLAS && document->picture_count < pages)
        warn(document, "an atlas of %zu sheets, not %zu: no more functions are drawn",
             document->picture_count, pages);
    if (font < min_font - 0.05) {
        size_t enough = pages_that_would_do(document, min_font);

        if (enough)
            warn(document,
                 "the smallest type is %.1f pt: --pages=%zu --max-nodes=%u would keep it at %.0f",
                 font, enough, (unsigned)document->chart.node_count, min_font);
        else
            warn(document,
                 "the smallest type is %.1f pt: fewer functions (--max-nodes) are legible", font);
    }
}

/* Builds pictures of as many functions as wanted, or as are legible and can be laid out in time. */
static hp_status fill_paper(hp_document *document, const hp_profile *profile, bool on_paper,
                            hp_error *error)
{
    const hp_report_options *options = document->options;
    size_t nodes = options->max_nodes ? options->max_nodes
                                      : HP_FUNCTIONS_A_SHEET * hp_paper_pages(&options->paper);
    double min_font = hp_paper_min_font(&options->paper);
    bool late = false;

    for (;;) {
        hp_error problem = {0};
        hp_status status;

        document->sparse |= nodes > DENSE_MAX;
        status = make_pictures(document, profile, nodes, on_paper, &problem);

        uint32_t drawn = document->chart.node_count;

        if (status == HP_LIMIT && drawn > 3) {
            late = true;
            if (document->sparse)
                nodes = drawn / 4;
            document->sparse = true;
        } else if (status != HP_OK) {
            return hp_error_set(error, status, problem.offset, "%s", problem.message);
        } else if (!on_paper || options->max_nodes || drawn <= FUNCTIONS_MIN ||
                   smallest_font(document) >= min_font) {
            break;
        } else {
            double ratio = smallest_font(document) / min_font;

            nodes = (size_t)((double)drawn * fmax(ratio, 0.5));
            nodes = nodes < drawn ? nodes : drawn - 1;
            nodes = nodes > FUNCTIONS_MIN ? nodes : FUNCTIONS_MIN;
        }
        free_pictures(document);
    }
    if (late)
        warn(document,
             "more would take too long to lay out: %u functions are drawn, each with its heaviest "
             "caller",
             (unsigned)document->chart.node_count);
    if (on_paper)
        tell_of_paper(document);
    return HP_OK;
}

/* --- The sheets ---------------------------------------------------------------------------- */

static hp_sheet *add_sheet(hp_document *document, hp_sheet_kind kind)
{
    hp_sheet *sheet = &document->sheets[document->sheet_count++];

    *sheet = (hp_sheet){.kind = kind};
    return sheet;
}

void hp_sheet_name_tile(hp_sheet *tile)
{
    char letters[8];
    size_t length = 0;

    for (size_t row = tile->row + 1; row > 0; row = (row - 1) / 26)
        letters[length++] = (char)('A' + (row - 1) % 26);
    for (size_t i = 0; i < length; i++)
        tile->name[i] = letters[length - 1 - i];
    snprintf(tile->name + length, sizeof tile->name - length, "%zu", tile->column + 1);
}

static void add_tiles(hp_document *document)
{
    const hp_grid *grid = &document->grids[0];

    for (size_t row = 0; row < grid->rows; row++)
        for (size_t column = 0; column < grid->columns; column++) {
            hp_sheet *sheet = add_sheet(document, HP_SHEET_TILE);

            sheet->row = row;
            sheet->column = column;
            hp_sheet_name_tile(sheet);
        }
}

static void add_index(hp_document *document)
{
    size_t entries = document->chart.node_count, sheets = 0;

    if (document->options->paper.no_index)
        return;
    for (size_t first = 0; first < entries;
         first += hp_index_sheet_entries(&document->index, first)) {
        hp_sheet *sheet = add_sheet(document, HP_SHEET_INDEX);

        sheet->first_entry = first;
        strcpy(sheet->name, "Index");
        if (sheets++ > 0)
            snprintf(sheet->name, sizeof sheet->name, "Index %zu", sheets);
    }
}

static void add_atlas(hp_document *document)
{
    for (uint32_t i = 0; i < document->picture_count; i++) {
        hp_sheet *sheet = add_sheet(document, HP_SHEET_ATLAS);

        sheet->picture = i;
        snprintf(sheet->name, sizeof sheet->name, "p%u", (unsigned)i + 1);
    }
}

const hp_atlas *hp_document_atlas(const hp_document *document)
{
    return document->atlas.sheets ? &document->atlas : &document->tiles;
}

hp_point hp_poster_corner(const hp_document *document, double heading)
{
    const hp_grid *grid = &document->grids[0];
    hp_size poster = hp_grid_size(grid), drawing = document->pictures[0].layout.size;

    return (hp_point){(poster.width - grid->scale * drawing.width) / 2,
                      heading +
                          fmax(0, (poster.height - heading - grid->scale * drawing.height) / 2)};
}

/* The number of the tile that a place is on, along one of its sides. */
static uint32_t tile_at(double place, double tile, double overlap, size_t count)
{
    double number = floor((place - overlap / 2) / (tile - overlap));

    return (uint32_t)fmin(fmax(number, 0), (double)count - 1);
}

static bool find_tiles(hp_document *document)
{
    const hp_grid *grid = &document->grids[0];
    const hp_layout *layout = &document->pictures[0].layout;
    double heading =
        hp_heading_draw(&document->chart, &document->pen, NULL, 0, 0, grid->tile.width);
    hp_point corner = hp_poster_corner(document, heading);

    document->tiles = (hp_atlas){.sheet_count = (uint32_t)(grid->rows * grid->columns),
                                 .columns = (uint32_t)grid->columns};
    document->tiles.sheets = malloc((layout->node_count + 1) * sizeof *document->tiles.sheets);
    for (size_t i = 0; document->tiles.sheets && i < layout->node_count; i++) {
        hp_point centre = layout->nodes[i].centre;
        uint32_t row = tile_at(corner.y + grid->scale * centre.y, grid->tile.height,
                               grid->overlap.height, grid->rows);

        document->tiles.sheets[i] = row * document->tiles.columns +
                                    tile_at(corner.x + grid->scale * centre.x, grid->tile.width,
                                            grid->overlap.width, grid->columns);
    }
    return document->tiles.sheets != NULL;
}

static hp_size upright_sheet(const hp_document *document)
{
    hp_size sheet = document->grids[0].sheet;

    return document->options->paper.orientation == HP_LANDSCAPE
               ? sheet
               : (hp_size){fmin(sheet.width, sheet.height), fmax(sheet.width, sheet.height)};
}

hp_status hp_document_make(hp_document *document, const hp_profile *profile,
                           const hp_report_options *options, bool on_paper, hp_error *error)
{
    hp_status status;
    size_t most;

    *document = (hp_document){.options = options};
    status = hp_pen_open(&document->pen, error);
    if (status == HP_OK)
        status = fill_paper(document, profile, on_paper, error);
    if (status != HP_OK)
        return status;

    bool is_atlas = document->atlas.sheets != NULL;
    uint32_t count = document->chart.node_count;

    if (on_paper) {
        hp_size sheet = upright_sheet(document);
        uint32_t length = UINT32_MAX;

        if (is_atlas || find_tiles(document))
            document->path = malloc(((size_t)count + 1) * sizeof *document->path);
        if (document->path)
            length = hp_hot_path_find(&document->chart, document->path);
        if (length == UINT32_MAX)
            return hp_no_memory(error);
        status = hp_index_sheet_make(
            &document->index, &document->chart, hp_document_atlas(document), document->path, length,
            &document->pen, (hp_size){sheet.width - 2 * HP_MARGIN, sheet.height - 2 * HP_MARGIN},
            hp_paper_min_font(&options->paper), error);
        if (status != HP_OK)
            return status;
    }
    most = (is_atlas ? document->picture_count
                     : document->grids[0].rows * document->grids[0].columns) +
           (size_t)count + 3;
    document->sheets = malloc(most * sizeof *document->sheets);
    if (!document->sheets)
        return hp_no_memory(error);
    if (!on_paper) {
        strcpy(add_sheet(document, HP_SHEET_PICTURE)->name, "1");
        return HP_OK;
    }
    if (!is_atlas && options->paper.overview)
        strcpy(add_sheet(document, HP_SHEET_OVERVIEW)->name, "Overview");
    if (hp_document_atlas(document)->sheet_count > 1 || is_atlas)
        add_index(document);
    if (is_atlas)
        add_atlas(document);
    else
        add_tiles(document);
    return HP_OK;
}

void hp_document_free(hp_document *document)
{
    free_pictures(document);
    hp_index_sheet_free(&document->index);
    hp_atlas_free(&document->tiles);
    free(document->path);
    free(document->sheets);
    hp_pen_close(&document->pen);
}

hp_size hp_document_sheet_size(hp_document *document, const hp_sheet *sheet)
{
    const hp_grid *grid = &document->grids[sheet->picture];
    hp_size drawing = document->pictures[0].layout.size, poster, upright;

    switch (sheet->kind) {
    case HP_SHEET_PICTURE:
        drawing.width = fmax(drawing.width, picture_width_min);
        return (hp_size){
            ceil(drawing.width + 2 * HP_MARGIN),
            ceil(drawing.height + 2 * HP_MARGIN +
                 hp_heading_draw(&document->chart, &document->pen, NULL, 0, 0, drawing.width))};
    case HP_SHEET_OVERVIEW:
        upright = upright_sheet(document);
        poster = hp_grid_size(grid);
        return poster.width > poster.height ? (hp_size){upright.height, upright.width} : upright;
    case HP_SHEET_INDEX:
        return upright_sheet(document);
    default:
        return grid->sheet;
    }
}
