// SPDX-License-Identifier: MIT
/* To be preloaded: a Qt that asks no QAbstractFileEngineHandler, as their constructor, in which
 * they register, does nothing. */
__attribute__((visibility("default"))) void
construct(void *handler) __asm__("_ZN26QAbstractFileEngineHandlerC2Ev");

void construct(void *handler)
{
    (void)handler;
}
