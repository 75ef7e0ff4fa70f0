// SPDX-License-Identifier: MIT
#include "drawing/sheets.h"

#include "drawing/gazetteer.h"
#include "drawing/heading.h"

#include <math.h>
#include <stdio.h>

static const hp_font text_font = {.size = 9};
static const hp_font footer_font = {.size = 8, .bold = true};
static const hp_color ink = {0, 0, 0}, blue = {0.05, 0.2, 0.6}, faint = {0.45, 0.45, 0.45};

/* --- Tiles --------------------------------------------------------------------------------- */

/* Draws the part of the poster from corner to corner + size, in place. tile: HP_NO_NODE: none. */
static void draw_poster(hp_document *document, cairo_t *cairo, hp_point corner, hp_size size,
                        bool text, uint32_t tile)
{
    const hp_grid *grid = &document->grids[0];
    bool first = corner.x == 0 && corner.y == 0 && text;
    double heading = hp_heading_draw(&document->chart, &document->pen, first ? cairo : NULL, 0, 0,
                                     grid->tile.width);
    hp_point at = hp_poster_corner(document, heading);
    hp_view view = {{(corner.x - at.x) / grid->scale, (corner.y - at.y) / grid->scale},
                    {size.width / grid->scale, size.height / grid->scale},
                    text,
                    tile == HP_NO_NODE ? NULL : document->tiles.sheets,
                    tile};

    cairo_save(cairo);
    cairo_translate(cairo, at.x, at.y);
    cairo_scale(cairo, grid->scale, grid->scale);
    hp_picture_draw(&document->pictures[0], &view, &document->pen, cairo);
    cairo_restore(cairo);
}

/* Begins a link to a tile. */
static void link_to_tile(const hp_document *document, cairo_t *cairo, size_t row, size_t column)
{
    const hp_grid *grid = &document->grids[0];
    size_t page =
        document->sheet_count - grid->rows * grid->columns + row * grid->columns + column + 1;
    char link[64];

    snprintf(link, sizeof link, "page=%zu pos=[0.0 0.0]", page);
    cairo_tag_begin(cairo, CAIRO_TAG_LINK, link);
}

static double write_neighbour(hp_document *document, cairo_t *cairo, double x, const char *side,
                              size_t row, size_t column)
{
    char text[48];
    hp_sheet tile = {.row = row, .column = column};

    hp_sheet_name_tile(&tile);
    snprintf(text, sizeof text, "%s: %s", side, tile.name);
    link_to_tile(document, cairo, row, column);
    x += hp_pen_write(&document->pen, cairo, &footer_font, x, 0, text).width + 10;
    cairo_tag_end(cairo, CAIRO_TAG_LINK);
    return x;
}

static void draw_map(const hp_grid *grid, const hp_sheet *sheet, cairo_t *cairo, double right)
{
    double height = fmin(11.0 / (double)grid->rows, 6);
    double width =
        fmin(height * grid->sheet.width / grid->sheet.height, 40.0 / (double)grid->columns);

    cairo_set_line_width(cairo, 0.4);
    for (size_t row = 0; row < grid->rows; row++)
        for (size_t column = 0; column < grid->columns; column++) {
            cairo_rectangle(cairo, right - (double)(grid->columns - column) * width,
                            (double)row * height - 1, width, height);
            if (row == sheet->row && column == sheet->column)
                cairo_fill_preserve(cairo);
            cairo_stroke(cairo);
        }
}

static void draw_footer(hp_document *document, const hp_sheet *sheet, cairo_t *cairo, double top)
{
    const hp_grid *grid = &document->grids[0];
    /* The width of four neighbours and the map. */
    double scale = fmin(1, grid->tile.width / 330);
    double x = 8; /* beside the crop mark */
    char text[80];

    cairo_save(cairo);
    cairo_translate(cairo, HP_MARGIN, top);
    cairo_scale(cairo, scale, scale);
    hp_set_color(cairo, blue);
    snprintf(text, sizeof text, "%s of %zux%zu", sheet->name, grid->rows, grid->columns);
    x += hp_pen_write(&document->pen, cairo, &footer_font, x, 0, text).width + 14;
    if (sheet->row > 0)
        x = write_neighbour(document, cairo, x, "above", sheet->row - 1, sheet->column);
    if (sheet->column > 0)
        x = write_neighbour(document, cairo, x, "left", sheet->row, sheet->column - 1);
    if (sheet->column + 1 < grid->columns)
        x = write_neighbour(document, cairo, x, "right", sheet->row, sheet->column + 1);
    if (sheet->row + 1 < grid->rows)
        write_neighbour(document, cairo, x, "below", sheet->row + 1, sheet->column);
    draw_map(grid, sheet, cairo, grid->tile.width / scale);
    cairo_restore(cairo);
}

/* Short lines in the margin that point to the corners of the tile. */
static void draw_crop_marks(const hp_grid *grid, cairo_t *cairo)
{
    const double length = 12, gap = 4;

    hp_set_color(cairo, faint);
    cairo_set_line_width(cairo, 0.5);
    for (int right = 0; right < 2; right++)
        for (int bottom = 0; bottom < 2; bottom++) {
            double x = HP_MARGIN + right * grid->tile.width;
            double y = HP_MARGIN + bottom * grid->tile.height;
            double to_x = right ? 1 : -1, to_y = bottom ? 1 : -1;

            cairo_move_to(cairo, x + to_x * gap, y);
            cairo_line_to(cairo, x + to_x * (gap + length), y);
            cairo_move_to(cairo, x, y + to_y * gap);
            cairo_line_to(cairo, x, y + to_y * (gap + (bottom ? 6 : length)));
        }
    cairo_stroke(cairo);
}

static void draw_tile(hp_document *document, const hp_sheet *sheet, cairo_t *cairo)
{
    const hp_grid *grid = &document->grids[0];
    hp_point corner = {(double)sheet->column * (grid->tile.width - grid->overlap.width),
                       (double)sheet->row * (grid->tile.height - grid->overlap.height)};

    cairo_save(cairo);
    cairo_rectangle(cairo, HP_MARGIN, HP_MARGIN, grid->tile.width, grid->tile.height);
    cairo_clip(cairo);
    cairo_translate(cairo, HP_MARGIN - corner.x, HP_MARGIN - corner.y);
    draw_poster(document, cairo, corner, grid->tile, true,
                (uint32_t)(sheet->row * grid->columns + sheet->column));
    cairo_restore(cairo);
    if (grid->rows * grid->columns > 1) {
        draw_crop_marks(grid, cairo);
        draw_footer(document, sheet, cairo, HP_MARGIN + grid->tile.height + 7);
    }
}

static void draw_overview(hp_document *document, const hp_sheet *sheet, cairo_t *cairo)
{
    const hp_grid *grid = &document->grids[0];
    hp_size poster = hp_grid_size(grid), paper = hp_document_sheet_size(document, sheet);
    double width = paper.width - 2 * HP_MARGIN;
    double top = HP_MARGIN + hp_heading_draw(&document->chart, &document->pen, cairo, HP_MARGIN,
                                             HP_MARGIN, width);
    double scale = fmin(width / poster.width, (paper.height - top - HP_MARGIN) / poster.height);
    bool legible =
        scale * grid->scale * HP_PICTURE_FONT_SIZE >= hp_paper_min_font(&document->options->paper);
    hp_gazetteer gazetteer;
    double left, list;

    hp_gazetteer_choose(&gazetteer, &document->chart, &document->tiles, &document->pen);
    hp_gazetteer_fit(&gazetteer, (hp_size){width, (paper.height - top - HP_MARGIN) / 2});
    list = legible ? 0 : hp_gazetteer_draw(&gazetteer, NULL, 0, 0, width);
    scale = fmin(scale, (paper.height - top - HP_MARGIN - list) / poster.height);
    left = HP_MARGIN + (width - scale * poster.width) / 2;

    const hp_font name_font = {.size = 40 / scale, .bold = true};

    cairo_save(cairo);
    cairo_translate(cairo, left, top);
    cairo_scale(cairo, scale, scale);
    draw_poster(document, cairo, (hp_point){-1, -1}, (hp_size){poster.width + 1, poster.height + 1},
                legible, HP_NO_NODE);
    cairo_set_line_width(cairo, 1 / scale);
    for (const hp_sheet *tile = sheet + 1; tile < document->sheets + document->sheet_count;
         tile++) {
        if (tile->kind != HP_SHEET_TILE)
            continue;

        double x = (double)tile->column * (grid->tile.width - grid->overlap.width);
        double y = (double)tile->row * (grid->tile.height - grid->overlap.height);
        hp_size name = hp_pen_measure(&document->pen, &name_font, tile->name);

        cairo_set_source_rgba(cairo, blue.red, blue.green, blue.blue, 0.8);
        cairo_rectangle(cairo, x, y, grid->tile.width, grid->tile.height);
        cairo_stroke(cairo);
        cairo_set_source_rgba(cairo, blue.red, blue.green, blue.blue, 0.25);
        link_to_tile(document, cairo, tile->row, tile->column);
        hp_pen_write(&document->pen, cairo, &name_font, x + (grid->tile.width - name.width) / 2,
                     y + (grid->tile.height - name.height) / 2, tile->name);
        cairo_tag_end(cairo, CAIRO_TAG_LINK);
    }
    cairo_restore(cairo);
    if (legible)
        return;
    hp_gazetteer_draw(&gazetteer, cairo, HP_MARGIN, top + scale * poster.height, width);

    double heading =
        hp_heading_draw(&document->chart, &document->pen, NULL, 0, 0, grid->tile.width);
    hp_point corner = hp_poster_corner(document, heading);

    for (size_t i = gazetteer.count; i-- > 0;) { /* the heaviest one on top */
        hp_point centre = document->pictures[0].layout.nodes[gazetteer.nodes[i]].centre;

        hp_gazetteer_mark(&gazetteer, cairo, i,
                          (hp_point){left + scale * (corner.x + grid->scale * centre.x),
                                     top + scale * (corner.y + grid->scale * centre.y)});
    }
}

/* --- Other sheets -------------------------------------------------------------------------- */

static void draw_whole(hp_document *document, cairo_t *cairo, hp_size size)
{
    double heading = hp_heading_draw(&document->chart, &document->pen, cairo, HP_MARGIN, HP_MARGIN,
                                     size.width - 2 * HP_MARGIN);
    const hp_picture *picture = &document->pictures[0];

    cairo_translate(cairo, (size.width - picture->layout.size.width) / 2, HP_MARGIN + heading);
    hp_picture_draw(picture, &(hp_view){{0, 0}, picture->layout.size, true, NULL, 0},
                    &document->pen, cairo);
}

static void draw_atlas_sheet(hp_document *document, const hp_sheet *sheet, cairo_t *cairo)
{
    const hp_picture *picture = &document->pictures[sheet->picture];
    const hp_grid *grid = &document->grids[sheet->picture];
    hp_font heading_font = {.size = 12, .bold = true}, right_font = text_font;
    hp_size drawing = picture->layout.size;
    double heading;
    char text[HP_ATLAS_TITLE_SIZE], link[40];

    hp_atlas_title(&document->atlas, &document->chart, sheet->picture, text, sizeof text);
    hp_set_color(cairo, ink);
    heading_font.width = grid->tile.width;
    heading_font.one_line = true;
    snprintf(link, sizeof link, "name='" HP_SHEET_LINK "'", (unsigned)sheet->picture);
    cairo_tag_begin(cairo, CAIRO_TAG_DEST, link);
    heading = hp_pen_write(&document->pen, cairo, &heading_font, HP_MARGIN, HP_MARGIN, text).height;
    cairo_tag_end(cairo, CAIRO_TAG_DEST);
    right_font.width = grid->tile.width;
    right_font.alignment = PANGO_ALIGN_RIGHT;
    right_font.one_line = true;
    hp_set_color(cairo, faint);
    hp_pen_write(&document->pen, cairo, &right_font, HP_MARGIN, HP_MARGIN + grid->tile.height + 6,
                 document->chart.title);
    cairo_translate(cairo, HP_MARGIN + (grid->tile.width - grid->scale * drawing.width) / 2,
                    HP_MARGIN + heading +
                        fmax(6, (grid->tile.height - heading - grid->scale * drawing.height) / 2));
    cairo_scale(cairo, grid->scale, grid->scale);
    hp_picture_draw(picture, &(hp_view){{0, 0}, drawing, true, NULL, 0}, &document->pen, cairo);
}

void hp_sheet_draw(hp_document *document, const hp_sheet *sheet, cairo_t *cairo)
{
    hp_size size = hp_document_sheet_size(document, sheet);

    cairo_save(cairo);
    switch (sheet->kind) {
    case HP_SHEET_PICTURE:
        draw_whole(document, cairo, size);
        break;
    case HP_SHEET_TILE:
        draw_tile(document, sheet, cairo);
        break;
    case HP_SHEET_OVERVIEW:
        draw_overview(document, sheet, cairo);
        break;
    case HP_SHEET_ATLAS:
        draw_atlas_sheet(document, sheet, cairo);
        break;
    case HP_SHEET_INDEX:
        hp_index_sheet_draw(&document->index, sheet->first_entry,
                            (hp_size){size.width - 2 * HP_MARGIN, size.height - 2 * HP_MARGIN},
                            cairo);
        break;
    }
    cairo_restore(cairo);
}
