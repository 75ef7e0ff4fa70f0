// SPDX-License-Identifier: MIT
/* To be preloaded: a Qt that says it is of another version. */
__attribute__((visibility("default"))) const char *qVersion(void);

const char *qVersion(void)
{
    return "5.99.1";
}
