// SPDX-License-Identifier: MIT
/* The reports of reports.def, for the files that define them and for the table. */
#ifndef HP_REPORT_TABLE_H
#define HP_REPORT_TABLE_H

#include "report.h"

#ifndef HP_REPORTS /* tests add a row */
#define HP_REPORTS "reports.def"
#endif

#define HP_REPORT(name) extern const hp_report hp_report_##name;
#include HP_REPORTS
#undef HP_REPORT

#endif
