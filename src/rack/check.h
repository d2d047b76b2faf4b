/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What can be known of racks without JACK and without a rack that plays: all
 * slips in a directory, and which plug-ins there are. Thread: main. */

#ifndef STAGE_RACK_CHECK_H
#define STAGE_RACK_CHECK_H

/** `stagecraft-rack --check [--json] DIR` and `--plugins [--json] [PATTERN]`.
 * Returns the exit code, or -1 when the arguments are for neither. */
int stage_rack_check_main(int argc, char **argv);

#endif
