/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Chains end by _exit, or by becoming a program. Where coverage is measured, it
// is written before that.

#include "base/attr.h"

void __gcov_dump(void);
void __gcov_reset(void);
STAGE_NORETURN void __real__exit(int code);
STAGE_NORETURN void __wrap__exit(int code);
int __real_execvp(const char *program, char *const *argv);
int __wrap_execvp(const char *program, char *const *argv);

void
__wrap__exit(int code)
{
	__gcov_dump();
	__real__exit(code);
}

int
__wrap_execvp(const char *program, char *const *argv)
{
	__gcov_dump();
	__gcov_reset();
	return __real_execvp(program, argv);
}
