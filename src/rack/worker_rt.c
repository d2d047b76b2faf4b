/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/worker.h"

STAGE_RT static LV2_Worker_Status
put(struct stage_rack_work *self, struct stage_ring *ring, uint32_t size,
	const void *data)
{
	if (size > STAGE_RACK_WORK_BYTES ||
		stage_ring_write(ring, 0, data, size) != STAGE_OK) {
		atomic_fetch_add(&self->lost, 1);
		return LV2_WORKER_ERR_NO_SPACE;
	}
	return LV2_WORKER_SUCCESS;
}

STAGE_RT LV2_Worker_Status
stage_rack_work_respond(
	LV2_Worker_Respond_Handle handle, uint32_t size, const void *data)
{
	struct stage_rack_work *self = handle;

	return put(self, self->answers, size, data);
}

STAGE_RT LV2_Worker_Status
stage_rack_work_schedule(
	LV2_Worker_Schedule_Handle handle, uint32_t size, const void *data)
{
	struct stage_rack_work *self = handle;
	LV2_Worker_Status status;

	if (self->iface == NULL) {
		return LV2_WORKER_ERR_UNKNOWN;
	}
	if (!atomic_load_explicit(&self->is_online, memory_order_relaxed)) {
		return self->iface->work(self->handle, stage_rack_work_respond,
			self, size, data);
	}
	status = put(self, self->requests, size, data);
	sem_post(&self->asked);
	return status;
}

STAGE_RT void
stage_rack_work_answer(struct stage_rack_work *self)
{
	struct stage_ring_header header;

	if (self->iface == NULL) {
		return;
	}
	while (stage_ring_read(self->answers, &header, self->answer,
		       STAGE_RACK_WORK_BYTES) == STAGE_OK) {
		if (self->iface->work_response != NULL) {
			self->iface->work_response(
				self->handle, header.size, self->answer);
		}
	}
	if (self->iface->end_run != NULL) {
		self->iface->end_run(self->handle);
	}
}
