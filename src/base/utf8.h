/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Strict UTF-8, one character at a time. Thread: any, the real-time one too.
 */

#ifndef STAGE_BASE_UTF8_H
#define STAGE_BASE_UTF8_H

#include <stddef.h>

/** Bytes (1 to 4) of the character that text[len] begins with.
 *
 * 0 when len is 0 or the bytes are not well-formed: overlong forms, surrogates
 * and anything above U+10FFFF are refused. A zero byte is a character.
 */
size_t stage_utf8_char_bytes(const char *text, size_t len);

/** Bytes of what text[len] begins with when a terminal could obey that: a
 * control character, C0, DEL or C1, or a stray byte 0x80 to 0x9f, which some
 * take for C1. Else 0. */
size_t stage_utf8_control_bytes(const char *text, size_t len);

/** How much of text[len] is left when a half character at its end is taken off;
 * len itself when there is none. For text that was cut at a byte count. */
size_t stage_utf8_whole(const char *text, size_t len);

/** How much of text[len] to show in at most max_bytes bytes: all of it, or what
 * fits without a half character at the end. */
size_t stage_utf8_clip(const char *text, size_t len, size_t max_bytes);

#endif
