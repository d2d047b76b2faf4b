/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Which audio ports of a plug-in are none of its main ones: sidechains, and
 * outputs besides the mix. Plug-ins say it in one of three ways: by a property
 * of the port, by a group that is the side chain of another one, or by naming
 * the group that is the main one, which the port is not in.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_PORTGROUP_H
#define STAGE_RACK_PORTGROUP_H

#include <lilv/lilv.h>
#include <stdbool.h>

/** Whether an audio port is a side port. */
bool stage_rack_portgroup_is_side(
	LilvWorld *world, const LilvPlugin *plugin, const LilvPort *port);

#endif
