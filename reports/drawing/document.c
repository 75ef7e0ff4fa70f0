// SPDX-License-Identifier: MIT
#include "drawing/document.h"

#include "drawing/heading.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Heading and legend need this width. */
static const double picture_width_min = 460;

static hp_sheet *add_sheet(hp_document *document, hp_sheet_kind kind)
{
    hp_sheet *sheet = &document->sheets[document->sheet_count++];

    *sheet = (hp_sheet){.kind = kind};
    return sheet;
}

static void add_sheets(hp_document *document, hp_sheet_kind kind)
{
    const hp_atlas *atlas = &document->print.layout.atlas;

    for (uint32_t i = 0; i < atlas->sheet_count; i++) {
        hp_sheet *sheet = add_sheet(document, kind);

        sheet->number = i;
        hp_atlas_sheet_name(atlas, i, sheet->name, sizeof sheet->name);
    }
}

static void add_index(hp_document *document)
{
    size_t entries = document->print.chart.node_count, sheets = 0;

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

static hp_size upright_sheet(const hp_document *document)
{
    hp_size sheet = document->print.grid.sheet;

    return document->options->paper.orientation == HP_LANDSCAPE
               ? sheet
               : (hp_size){fmin(sheet.width, sheet.height), fmax(sheet.width, sheet.height)};
}

hp_status hp_document_make(hp_document *document, const hp_profile *profile,
                           const hp_report_options *options, bool on_paper, hp_error *error)
{
    const hp_paper *paper = &options->paper;
    bool is_atlas = on_paper && paper->paging == HP_ATLAS;
    hp_status status;

    *document = (hp_document){.options = options, .on_paper = on_paper};
    status = hp_pen_open(&document->pen, error);
    if (status == HP_OK)
        status = hp_print_make(&document->print, profile, options, on_paper, error);
    if (status == HP_OK && on_paper) {
        const hp_layout *layout = &document->print.layout;
        hp_size sheet = upright_sheet(document);

        status = hp_index_sheet_make(
            &document->index, &document->print.chart, &layout->atlas, layout->path,
            layout->path_length, &document->pen,
            (hp_size){sheet.width - 2 * HP_MARGIN, sheet.height - 2 * HP_MARGIN},
            hp_paper_min_font(paper), error);
    }
    if (status != HP_OK)
        return status;
    document->sheets = malloc(
        (document->print.layout.atlas.sheet_count + (size_t)document->print.chart.node_count + 2) *
        sizeof *document->sheets);
    if (!document->sheets)
        return hp_no_memory(error);
    if (!on_paper) {
        strcpy(add_sheet(document, HP_SHEET_PICTURE)->name, "1");
        return HP_OK;
    }
    if (!is_atlas && paper->overview)
        strcpy(add_sheet(document, HP_SHEET_OVERVIEW)->name, "Overview");
    if (document->print.layout.atlas.sheet_count > 1 || is_atlas)
        add_index(document);
    add_sheets(document, is_atlas ? HP_SHEET_ATLAS : HP_SHEET_TILE);
    return HP_OK;
}

void hp_document_free(hp_document *document)
{
    hp_index_sheet_free(&document->index); /* of the print's functions */
    hp_print_free(&document->print);
    free(document->sheets);
    hp_pen_close(&document->pen);
}

hp_size hp_document_sheet_size(hp_document *document, const hp_sheet *sheet)
{
    const hp_print *print = &document->print;
    hp_size drawing = {print->scale * print->layout.size.width,
                       print->scale * print->layout.size.height};
    hp_size poster, upright;

    switch (sheet->kind) {
    case HP_SHEET_PICTURE:
        drawing.width = fmax(drawing.width, picture_width_min);
        return (hp_size){
            ceil(drawing.width + 2 * HP_MARGIN),
            ceil(drawing.height + 2 * HP_MARGIN +
                 hp_heading_draw(&print->chart, &document->pen, NULL, 0, 0, drawing.width))};
    case HP_SHEET_OVERVIEW:
        upright = upright_sheet(document);
        poster = hp_grid_size(&print->grid);
        return poster.width > poster.height ? (hp_size){upright.height, upright.width} : upright;
    case HP_SHEET_INDEX:
        return upright_sheet(document);
    default:
        return print->grid.sheet;
    }
}
