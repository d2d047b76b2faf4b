/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Compiler attributes that document and check how functions are used. */

#ifndef STAGE_BASE_ATTR_H
#define STAGE_BASE_ATTR_H

#if defined(__GNUC__)
#	define STAGE_NODISCARD __attribute__((warn_unused_result))
#	define STAGE_PRINTF(fmt, first)                                       \
		__attribute__((format(printf, fmt, first)))
#	define STAGE_NORETURN __attribute__((noreturn))
#else
#	define STAGE_NODISCARD
#	define STAGE_PRINTF(fmt, first)
#	define STAGE_NORETURN
#endif

#define STAGE_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
