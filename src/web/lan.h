/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The addresses of this computer's network interfaces.
 *
 * Thread: any.
 */

#ifndef STAGE_WEB_LAN_H
#define STAGE_WEB_LAN_H

#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"

/** Adds the addresses of an interface that is up, as text, but for those that
 * only hold on one link. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_web_lan_addresses(
	const char *interface, struct stage_strv *out);

/** Adds the names of all interfaces that are up and have such an address, but
 * for the loopback one. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_web_lan_interfaces(
	struct stage_strv *out);

/** Writes the name of the interface that has an address, or "-": none, or the
 * loopback one. */
void stage_web_lan_interface_of(const char *address, char *out, size_t size);

#endif
