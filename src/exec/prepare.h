/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Applies the options to this process, just before it becomes the program.
 * Thread: main. */

#ifndef STAGE_EXEC_PREPARE_H
#define STAGE_EXEC_PREPARE_H

#include "base/err.h"

/** user: the struct stage_exec_options. Errors: with a sentence. */
enum stage_status stage_exec_prepare(void *user, struct stage_err *err);

#endif
