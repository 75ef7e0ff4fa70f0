// SPDX-License-Identifier: MIT
/* A file of records in the format that core/hotshot/log_records.h describes. Each recorded thread
 * writes one. Records collect in a buffer, which holds only whole records at any time. */
#ifndef HP_LOG_PART_H
#define HP_LOG_PART_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The bytes that an event takes at most: three packed integers. */
enum { HP_EVENT_MAX = 32 };

struct hp_part {
    uint8_t *at;    /* where the next record goes */
    uint8_t *limit; /* an event that begins before it fits into the buffer */
    uint8_t *buffer;
    uint8_t *pending; /* what begins here is not in the file yet */
    char *path;
    int file;     /* -1: not made yet, or closed */
    off_t length; /* of the file */
    dev_t device; /* of the file, whatever the program does to its descriptors */
    ino_t inode;
    volatile sig_atomic_t busy; /* the buffer is being written */
    int error;                  /* errno of what failed first; nothing is written afterwards */
};

/* Starts a part with an empty buffer. Takes over path, which malloc made; NULL counts as no memory.
 * The file is made when something is written to it. False without memory. */
bool hp_part_start(struct hp_part *part, char *path, size_t buffer_size);

/* Makes the file, or empties the one that is there. False: part->error. */
bool hp_part_create(struct hp_part *part);

/* Writes what is in the buffer to the file, and empties the buffer. A signal handler may call it
 * unless part->busy. False: part->error. */
bool hp_part_flush(struct hp_part *part);

/* Drops what is in the buffer and closes the file, which another process goes on writing to. */
void hp_part_abandon(struct hp_part *part);

/* Writes bytes of any number behind the last record. */
void hp_part_put(struct hp_part *part, const void *bytes, size_t size);

/* Adds an ADD_INFO, a DEFINE_FILE, a DEFINE_FUNC and a flag. */
void hp_part_add_info(struct hp_part *part, const char *key, const char *value, size_t value_size);
void hp_part_define_file(struct hp_part *part, uint32_t file, const char *name, size_t size);
void hp_part_define_function(struct hp_part *part, uint32_t file, uint32_t line, const char *name,
                             size_t size);
void hp_part_set_flag(struct hp_part *part, uint8_t type, bool flag);

/* Adds what another part holds, but not its first bytes, which are its header; and deletes the
 * other part's file. False: one of both has an error, and the other file is still there. */
bool hp_part_append(struct hp_part *part, struct hp_part *other, off_t header_size);

/* Writes what is in the buffer, closes the file and frees the memory. */
void hp_part_close(struct hp_part *part);

static inline uint8_t *hp_put_packed(uint8_t *at, uint64_t value)
{
    while (value > 0x7f) {
        *at++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *at++ = (uint8_t)value;
    return at;
}

/* A packed integer with the type of the record in its low two bits. */
static inline uint8_t *hp_put_typed(uint8_t *at, uint8_t type, uint64_t value)
{
    uint8_t first = (uint8_t)((value & 0x1f) << 2 | type);

    if (value <= 0x1f) {
        *at++ = first;
        return at;
    }
    *at++ = first | 0x80;
    return hp_put_packed(at, value >> 5);
}

#endif
