/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Where the rig's page is, for a person.
 *
 * Thread: main.
 */

#ifndef STAGE_CLI_PAGE_H
#define STAGE_CLI_PAGE_H

#include "cli/ask.h"

/** The page's server, as verbs know it. */
extern const struct stage_ask_daemon stage_page_daemon;

/** Prints a line that says where the page is and how a phone comes there, if it
 * is served. */
void stage_page_tell(struct stage_cli *cli);

#endif
