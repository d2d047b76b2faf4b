/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/link.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "rack/builtin.h"
#include "rack/sidelist.h"
#include "rack/value.h"

static struct stage_rack_instance *
instance_of(const struct stage_rack_link *link, uint32_t at)
{
	return (struct stage_rack_instance *)link->units[at];
}

static enum stage_status
run_errand(
	const struct stage_rack_link *link, void (*call)(void *arg), void *arg)
{
	struct stage_rack_shop *shop = link->slot->shop;

	return stage_rack_errands_run(shop->errands, call, arg,
		link->slot->page.bytes, shop->patience_ns);
}

// Making it.

struct making {
	struct stage_rack_link *link;
	uint32_t wanted; // units
	enum stage_status status;
	struct stage_err err;
};

static enum stage_status
add_unit(struct stage_rack_link *link, struct stage_err *err)
{
	struct stage_rack_slot *slot = link->slot;
	struct stage_rack_instance *instance = NULL;
	enum stage_status status = stage_rack_instance_create(&slot->shop->host,
		slot->plugin, slot->config.id, &instance, err);

	if (status == STAGE_OK) {
		link->units[link->unit_count++] = &instance->unit;
		instance->work.blamed = slot->page.bytes;
		if (slot->preset != NULL) {
			stage_rack_instance_restore_preset(
				instance, slot->preset);
		} else {
			stage_rack_instance_restore(instance, &slot->kept);
		}
		slot->is_dirty |= stage_rack_instance_ask_files(instance,
			slot->shop->directory, &slot->config.files,
			&slot->kept.configured_files);
	}
	return status;
}

static void
start_units(struct stage_rack_link *link)
{
	const struct stage_rack_slot *slot = link->slot;

	stage_rack_link_apply(link);
	for (uint32_t i = 0; i < link->unit_count; i++) {
		struct stage_rack_instance *instance = instance_of(link, i);
		stage_rack_instance_start(instance, slot->shop->period_frames);
		if (stage_rack_work_start(&instance->work) != STAGE_OK) {
			stage_log_warn("%s: there is no thread for its work; "
				       "it does it while it plays",
				slot->config.id);
		}
	}
}

static bool
is_return(const struct stage_rack_link *link)
{
	const struct stage_rack_builtin *builtin = link->slot->plugin->builtin;

	return builtin != NULL && builtin->way == STAGE_RACK_BUILTIN_RETURN;
}

void
stage_rack_link_set_away(struct stage_rack_link *link, uint32_t frames)
{
	for (uint32_t i = 0; is_return(link) && i < link->unit_count; i++) {
		struct stage_rack_builtin_run *run =
			instance_of(link, i)->handle;
		atomic_store(&run->away, frames);
	}
}

// What passes by an instrument does not wait for it; it may for a return.
static enum stage_status
find_latency(struct stage_rack_link *link, struct stage_err *err)
{
	const struct stage_rack_plugin *plugin = link->slot->plugin;

	for (uint32_t i = 0; i < plugin->port_count; i++) {
		const struct stage_rack_port *port = &plugin->ports[i];
		if (port->role == STAGE_RACK_ROLE_LATENCY &&
			port->kind == STAGE_RACK_CONTROL_OUT) {
			link->latency = &link->units[0]->cells[i];
		}
	}
	return link->latency == NULL ||
			       (link->units[0]->in_count == 0 &&
				       !is_return(link)) ||
			       stage_rack_dry_init(
				       &link->dry, link->slot->shop->width)
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
}

// What the audio thread need not find out each cycle.
static void
look_at_shape(struct stage_rack_link *link)
{
	const struct stage_rack_unit *unit = link->units[0];
	uint32_t width = link->slot->shop->width;
	bool is_each = link->unit_count > 1;

	link->is_whole =
		unit->in_count > 0 && unit->out_count > 0 &&
		(is_each ? link->unit_count >= width
			 : unit->out_count == 1 || unit->out_count >= width);
	link->is_direct = unit->in_count > 0 &&
			  (is_each || unit->in_count <= width) &&
			  (is_each || unit->in_count > 1 || width == 1);
}

// [errand]
static void
make(void *arg)
{
	struct making *making = arg;
	struct stage_rack_link *link = making->link;

	making->status = STAGE_OK;
	while (making->status == STAGE_OK &&
		link->unit_count < making->wanted) {
		making->status = add_unit(link, &making->err);
	}
	if (making->status == STAGE_OK) {
		making->status = find_latency(link, &making->err);
	}
	if (making->status == STAGE_OK) {
		look_at_shape(link);
		start_units(link);
		stage_rack_link_begin(link);
	}
}

static struct stage_rack_ramp *
make_ramps(const struct stage_rack_slot *slot)
{
	struct stage_rack_ramp *ramps =
		calloc((size_t)slot->count + 1, sizeof(*ramps));

	for (uint32_t i = 0; ramps != NULL && i < slot->count; i++) {
		ramps[i].may_ramp = stage_rack_slot_port(slot, i)->may_ramp;
	}
	return ramps;
}

static struct stage_rack_link *
make_empty(struct stage_rack_slot *slot)
{
	struct stage_rack_link *link = calloc(1, sizeof(*link));

	if (link != NULL) {
		link->refs = 1;
		link->slot = slot;
		slot->refs++;
		link->page = &slot->page;
		link->cells = slot->ports;
		link->cell_count = slot->count;
		link->has_extras = true;
		link->rate_hz = slot->shop->rate_hz;
		link->frames_max = slot->shop->period_frames;
		link->ramp_frames = link->rate_hz * STAGE_RACK_RAMP_MS / 1000;
		link->ramps = make_ramps(slot);
	}
	if (link != NULL && link->ramps == NULL) {
		slot->refs--;
		free(link);
		return NULL;
	}
	return link;
}

struct stage_rack_link *
stage_rack_link_create(struct stage_rack_slot *slot, struct stage_err *err)
{
	struct stage_rack_link *link = make_empty(slot);
	struct making *making = calloc(1, sizeof(*making));
	enum stage_status status = STAGE_NO_MEMORY;

	if (link != NULL && making != NULL) {
		making->link = link;
		making->wanted =
			stage_rack_side_units(slot->plugin, slot->shop->width);
		status = run_errand(link, make, making);
	}
	if (status == STAGE_TIMEOUT) { // both are the lost thread's
		slot->shop->left_count++;
		stage_err_set(err, status,
			"its plug-in does not come back from being loaded; "
			"stagecraft rack revive tries it again");
		return NULL;
	}
	if (status == STAGE_OK) {
		status = making->status;
		*err = making->err;
	} else {
		stage_err_set(err, status, "out of memory");
	}
	free(making);
	if (status != STAGE_OK) {
		stage_rack_link_unref(link);
		return NULL;
	}
	return link;
}

// Its end.

struct stage_rack_link *
stage_rack_link_ref(struct stage_rack_link *link)
{
	link->refs++;
	return link;
}

// [errand]
static void
end(void *arg)
{
	struct stage_rack_link *link = arg;

	for (uint32_t i = 0; i < link->unit_count; i++) {
		stage_rack_instance_destroy(instance_of(link, i));
	}
}

static bool
stop_work(struct stage_rack_link *link)
{
	int64_t patience_ns = link->slot->shop->patience_ns;
	bool has_stopped = true;

	for (uint32_t i = 0; i < link->unit_count; i++) {
		has_stopped &= stage_rack_work_stop(
			&instance_of(link, i)->work, patience_ns);
	}
	return has_stopped;
}

void
stage_rack_link_unref(struct stage_rack_link *link)
{
	if (link == NULL || --link->refs > 0) {
		return;
	}
	if (!stop_work(link) || link->is_stuck || atomic_load(&link->is_hung) ||
		run_errand(link, end, link) != STAGE_OK) {
		stage_log_warn("slot %s: its plug-in hangs and is left as it "
			       "is",
			link->slot->config.id);
		link->next = link->slot->shop->left;
		link->slot->shop->left = link;
		link->slot->shop->left_count++;
		return;
	}
	stage_rack_dry_finish(&link->dry);
	stage_rack_slot_unref(link->slot);
	free(link->ramps);
	free(link);
}

// What it says of itself.

struct asking {
	struct stage_rack_link *link;
	struct stage_rack_memory memory;
	enum stage_status status;
};

// [errand]
static void
ask(void *arg)
{
	struct asking *asking = arg;

	asking->status = stage_rack_instance_save(
		instance_of(asking->link, 0), &asking->memory);
}

// True when it has been at work for so long that it may never end.
static bool
works_for_ever(const struct stage_rack_link *link)
{
	int64_t since_ns = atomic_load(&instance_of(link, 0)->work.since_ns);

	return since_ns != 0 &&
	       stage_clock_now_ns() - since_ns > link->slot->shop->patience_ns;
}

static void
move_properties(struct stage_rack_memory *to, struct stage_rack_memory *from)
{
	to->properties = from->properties;
	to->property_count = from->property_count;
	from->properties = NULL;
	from->property_count = 0;
}

enum stage_status
stage_rack_link_save(
	struct stage_rack_link *link, struct stage_rack_memory *memory)
{
	struct asking *asking;
	enum stage_status status;

	if (link->is_stuck || atomic_load(&link->is_hung) ||
		works_for_ever(link)) {
		return STAGE_TIMEOUT;
	}
	asking = calloc(1, sizeof(*asking));
	if (asking == NULL) {
		return STAGE_NO_MEMORY;
	}
	asking->link = link;
	status = run_errand(link, ask, asking);
	if (status == STAGE_TIMEOUT) {
		link->is_stuck = true;
		stage_log_err("slot %s: its plug-in does not come back from "
			      "being saved; it plays on, and is not asked "
			      "again",
			link->slot->config.id);
		return status;
	}
	status = status == STAGE_OK ? asking->status : status;
	if (status == STAGE_OK) {
		move_properties(memory, &asking->memory);
	}
	stage_rack_memory_finish(&asking->memory);
	free(asking);
	return status;
}
