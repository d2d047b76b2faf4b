/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Makes racks of a project of Carla: their files in a directory, and a report
 * on standard output. Thread: main. */

#ifndef STAGE_RACK_IMPORT_H
#define STAGE_RACK_IMPORT_H

/** `stagecraft-rack --import [--apart|--series] FILE NAME DIR [SERVICES]`: what
 * would be services/RACK goes into DIR/RACK, and what is remembered into
 * DIR/RACK/state. SERVICES: the directory whose racks have their names already.
 * Returns the exit code, or -1 when the arguments are for something else. */
int stage_rack_import_main(int argc, char **argv);

#endif
