// SPDX-License-Identifier: MIT
/* The log of Python 2's module hotshot: a sequence of records. The low bits of the first byte are
 * their type.
 *
 *     log         = record...               the first one an ADD_INFO of "hotshot-version"
 *     record      = ENTER | EXIT | LINENO | definition
 *     ENTER       = mpi(00) file, pi line, [pi time]      time if frames are timed
 *     EXIT        = mpi(01) time                          the byte 01 if frames are not timed
 *     LINENO      = mpi(10) line, [pi time]               time if lines are timed
 *     definition  = 13 string key, string value           ADD_INFO
 *                 | 23 pi file, string name               DEFINE_FILE
 *                 | 33 flag                               LINE_TIMES, off at first
 *                 | 43 pi file, pi line, string name      DEFINE_FUNC
 *                 | 53 flag                               FRAME_TIMES, on at first
 *     string      = pi length, bytes
 *     pi          = packed integer, seven bits a byte, least significant first, bit 7: more follow
 *     mpi(type)   = the same, but the low two bits of the first byte are the type
 *
 * A time is what passed since the last event: microseconds, or on Windows ticks of a clock whose
 * frequency stands in the header (all records before the first event). The only other description
 * of the format is the source of Python 2.7, Modules/_hotshot.c and Lib/hotshot/log.py. */
#ifndef HP_LOG_RECORDS_H
#define HP_LOG_RECORDS_H

#include "input/cursor.h"

enum { ENTER = 0, EXIT = 1, LINENO = 2 }; /* in the low two bits */
enum {
    ADD_INFO = 0x13,
    DEFINE_FILE = 0x23,
    LINE_TIMES = 0x33,
    DEFINE_FUNC = 0x43,
    FRAME_TIMES = 0x53
};

struct hp_log_record {
    uint8_t type; /* one of the constants above */
    bool timed;
    uint64_t file, line, time;
    size_t key_size;      /* of an ENTER: the bytes before the time */
    hp_string key, value; /* of an ADD_INFO; value: also the name that a definition gives */
};

struct hp_log_decoder {
    hp_cursor cursor;
    bool coverage; /* no event is timed, whatever the flags of the log say */
    bool frames_timed, lines_timed;
};

struct hp_log_decoder hp_log_decoder_start(const uint8_t *data, size_t size, bool coverage,
                                           hp_error *error);

/* Reads a record. False at the end of the log, and at a record that is cut or corrupt, at which the
 * cursor stays. */
bool hp_log_decode(struct hp_log_decoder *decoder, struct hp_log_record *record);

#endif
