// SPDX-License-Identifier: MIT
#include "drawing/sheets.h"

#include "drawing/gazetteer.h"
#include "drawing/heading.h"
#include "drawing/picture.h"

#include <math.h>
#include <stdio.h>

static const hp_font footer_font = {.size = 8, .bold = true};
/* A call that comes from the sheet above passes to the left of the heading. */
static const double heading_indent = 12;

static const hp_color blue = {0.05, 0.2, 0.6}, faint = {0.45, 0.45, 0.45};

/* --- Tiles --------------------------------------------------------------------------------- */

/* Draws the heading and what is on a sheet of the layout, with the corner of the paper within its
 * margins at the origin. */
static void draw_content(hp_document *document, uint32_t number, bool links, cairo_t *cairo)
{
    const hp_print *print = &document->print;
    const hp_grid *grid = &print->grid;
    hp_point corner = hp_grid_corner(grid, 0, 0);
    hp_picture picture = {print, true, links};
    char title[HP_ATLAS_TITLE_SIZE] = "", link[40];

    if (print->layout.atlas.sheet_count > 1)
        hp_atlas_title(&print->layout.atlas, &print->chart, number, title, sizeof title);
    snprintf(link, sizeof link, "name='" HP_SHEET_LINK "'", (unsigned)number);
    cairo_tag_begin(cairo, CAIRO_TAG_DEST, link);
    hp_sheet_heading_draw(&print->chart, &document->pen, cairo, title,
                          (hp_point){corner.x + heading_indent, corner.y - grid->heading},
                          (hp_size){grid->area.width - heading_indent, grid->heading - 2});
    cairo_tag_end(cairo, CAIRO_TAG_DEST);
    cairo_translate(cairo, corner.x, corner.y);
    cairo_scale(cairo, print->scale, print->scale);
    hp_picture_draw(&picture, number, &document->pen, cairo);
}

static double write_neighbour(hp_document *document, cairo_t *cairo, double x, const char *side,
                              uint32_t number)
{
    char text[48], name[HP_SHEET_NAME_SIZE], link[40];

    if (number >= document->print.layout.atlas.sheet_count)
        return x;
    hp_atlas_sheet_name(&document->print.layout.atlas, number, name, sizeof name);
    snprintf(text, sizeof text, "%s: %s", side, name);
    snprintf(link, sizeof link, "dest='" HP_SHEET_LINK "'", (unsigned)number);
    cairo_tag_begin(cairo, CAIRO_TAG_LINK, link);
    x += hp_pen_write(&document->pen, cairo, &footer_font, x, 0, text).width + 10;
    cairo_tag_end(cairo, CAIRO_TAG_LINK);
    return x;
}

static void draw_map(const hp_grid *grid, uint32_t number, cairo_t *cairo, double right)
{
    double height = fmin(11.0 / (double)grid->rows, 6);
    double width =
        fmin(height * grid->sheet.width / grid->sheet.height, 40.0 / (double)grid->columns);

    cairo_set_line_width(cairo, 0.4);
    for (size_t row = 0; row < grid->rows; row++)
        for (size_t column = 0; column < grid->columns; column++) {
            cairo_rectangle(cairo, right - (double)(grid->columns - column) * width,
                            (double)row * height - 1, width, height);
            if (row * grid->columns + column == number)
                cairo_fill_preserve(cairo);
            cairo_stroke(cairo);
        }
}

static void draw_footer(hp_document *document, const hp_sheet *sheet, cairo_t *cairo, double top)
{
    const hp_grid *grid = &document->print.grid;
    uint32_t columns = (uint32_t)grid->columns, column = sheet->number % columns;
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
    if (sheet->number >= columns)
        x = write_neighbour(document, cairo, x, "above", sheet->number - columns);
    if (column > 0)
        x = write_neighbour(document, cairo, x, "left", sheet->number - 1);
    if (column + 1 < columns)
        x = write_neighbour(document, cairo, x, "right", sheet->number + 1);
    write_neighbour(document, cairo, x, "below", sheet->number + columns);
    draw_map(grid, sheet->number, cairo, grid->tile.width / scale);
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
    const hp_grid *grid = &document->print.grid;

    cairo_save(cairo);
    cairo_rectangle(cairo, HP_MARGIN, HP_MARGIN, grid->tile.width, grid->tile.height);
    cairo_clip(cairo);
    cairo_translate(cairo, HP_MARGIN, HP_MARGIN);
    draw_content(document, sheet->number, true, cairo);
    cairo_restore(cairo);
    if (grid->rows * grid->columns > 1) {
        draw_crop_marks(grid, cairo);
        draw_footer(document, sheet, cairo, HP_MARGIN + grid->tile.height + 7);
    }
}

static void draw_overview(hp_document *document, const hp_sheet *sheet, cairo_t *cairo)
{
    const hp_print *print = &document->print;
    const hp_grid *grid = &print->grid;
    hp_size poster = hp_grid_size(grid), paper = hp_document_sheet_size(document, sheet);
    double width = paper.width - 2 * HP_MARGIN;
    double top = HP_MARGIN +
                 hp_heading_draw(&print->chart, &document->pen, cairo, HP_MARGIN, HP_MARGIN, width);
    double scale = fmin(width / poster.width, (paper.height - top - HP_MARGIN) / poster.height);
    bool legible = scale * hp_print_type(print) >= hp_paper_min_font(&document->options->paper);
    hp_picture picture = {print, legible, false};
    hp_gazetteer gazetteer;
    double left, list;

    hp_gazetteer_choose(&gazetteer, &print->chart, &print->layout.atlas, &document->pen);
    hp_gazetteer_fit(&gazetteer, (hp_size){width, (paper.height - top - HP_MARGIN) / 2});
    list = legible ? 0 : hp_gazetteer_draw(&gazetteer, NULL, 0, 0, width);
    scale = fmin(scale, (paper.height - top - HP_MARGIN - list) / poster.height);
    left = HP_MARGIN + (width - scale * poster.width) / 2;

    const hp_font name_font = {.size = 40 / scale, .bold = true};

    cairo_save(cairo);
    cairo_translate(cairo, left, top);
    cairo_scale(cairo, scale, scale);
    for (const hp_sheet *tile = sheet + 1; tile < document->sheets + document->sheet_count;
         tile++) {
        if (tile->kind != HP_SHEET_TILE)
            continue;

        size_t row = tile->number / grid->columns, column = tile->number % grid->columns;
        hp_point corner = hp_grid_corner(grid, row, column);
        double x = (double)column * (grid->tile.width - grid->overlap.width);
        double y = (double)row * (grid->tile.height - grid->overlap.height);
        hp_size name = hp_pen_measure(&document->pen, &name_font, tile->name);
        char link[40];

        cairo_save(cairo);
        cairo_translate(cairo, corner.x, corner.y);
        cairo_scale(cairo, print->scale, print->scale);
        hp_picture_draw(&picture, tile->number, &document->pen, cairo);
        cairo_restore(cairo);
        cairo_set_line_width(cairo, 1 / scale);
        cairo_set_source_rgba(cairo, blue.red, blue.green, blue.blue, 0.8);
        cairo_rectangle(cairo, x, y, grid->tile.width, grid->tile.height);
        cairo_stroke(cairo);
        cairo_set_source_rgba(cairo, blue.red, blue.green, blue.blue, 0.25);
        snprintf(link, sizeof link, "dest='" HP_SHEET_LINK "'", (unsigned)tile->number);
        cairo_tag_begin(cairo, CAIRO_TAG_LINK, link);
        hp_pen_write(&document->pen, cairo, &name_font, x + (grid->tile.width - name.width) / 2,
                     y + (grid->tile.height - name.height) / 2, tile->name);
        cairo_tag_end(cairo, CAIRO_TAG_LINK);
    }
    cairo_restore(cairo);
    if (legible)
        return;
    hp_gazetteer_draw(&gazetteer, cairo, HP_MARGIN, top + scale * poster.height, width);

    for (size_t i = gazetteer.count; i-- > 0;) { /* the heaviest one on top */
        const hp_box *box = &print->layout.boxes[gazetteer.nodes[i]];
        hp_point corner =
            hp_grid_corner(grid, box->sheet / grid->columns, box->sheet % grid->columns);
        double x = corner.x + print->scale * (box->corner.x + box->size.width / 2);
        double y = corner.y + print->scale * (box->corner.y + box->size.height / 2);

        hp_gazetteer_mark(&gazetteer, cairo, i, (hp_point){left + scale * x, top + scale * y});
    }
}

/* --- Other sheets -------------------------------------------------------------------------- */

static void draw_whole(hp_document *document, cairo_t *cairo, hp_size size)
{
    const hp_print *print = &document->print;
    double heading = hp_heading_draw(&print->chart, &document->pen, cairo, HP_MARGIN, HP_MARGIN,
                                     size.width - 2 * HP_MARGIN);
    hp_picture picture = {print, true, false};

    cairo_translate(cairo, (size.width - print->scale * print->layout.size.width) / 2,
                    HP_MARGIN + heading);
    cairo_scale(cairo, print->scale, print->scale);
    hp_picture_draw(&picture, 0, &document->pen, cairo);
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
        cairo_translate(cairo, HP_MARGIN, HP_MARGIN);
        draw_content(document, sheet->number, true, cairo);
        break;
    case HP_SHEET_INDEX:
        hp_index_sheet_draw(&document->index, sheet->first_entry,
                            (hp_size){size.width - 2 * HP_MARGIN, size.height - 2 * HP_MARGIN},
                            cairo);
        break;
    }
    cairo_restore(cairo);
}
