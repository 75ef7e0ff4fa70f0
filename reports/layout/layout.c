// SPDX-License-Identifier: MIT
#include "layout/layout.h"

#include <stdlib.h>

void hp_layout_free(hp_layout *layout)
{
    for (uint32_t i = 0; i < layout->box_count; i++) {
        free(layout->boxes[i].name);
        free(layout->boxes[i].details);
    }
    for (uint32_t i = 0; i < layout->note_count; i++)
        free(layout->notes[i].text);
    free(layout->boxes);
    free(layout->notes);
    free(layout->curves);
    free(layout->points);
    free(layout->atlas.sheets);
    free(layout->path);
    *layout = (hp_layout){0};
}
