/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _DEFAULT_SOURCE // what alsa-lib's headers use

#include "midi/seq.h"

#include <alsa/asoundlib.h>
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/num.h"
#include "midi/bytes.h"
#include "midi/codec.h"
#include "seq/device.h"
#include "seq/holder.h"

#define NAME "stagecraft-midi"
#define POOL 2000 // the kernel's most
#define TRIES 5   // to read two clocks at once
#define BUFFER_PARAMETER                                                       \
	"/sys/module/snd_seq_midi/parameters/output_buffer_size"
#define BUFFER_BYTES 4096 // the kernel's own choice
#define POLLS 2
#define VIRTUALS_MAX 64

// Newer than the oldest alsa-lib that we build with.
#define CAP_INACTIVE (1U << 8)
#define CAP_UMP_ENDPOINT (1U << 9)

struct stage_midi_seq {
	snd_seq_t *news; // what is announced, and all asking
	snd_seq_t *data; // what is played
	int news_port, data_port;
	int queue; // of data; negative: none
	int wake_fd;
	_Atomic int64_t queue_ns;   // CLOCK_MONOTONIC less the queue's
	int virtuals[VIRTUALS_MAX]; // ports of data
	atomic_size_t virtual_count;
};

static enum stage_status
tell_error(int error, const char *what, struct stage_err *err)
{
	if (error == -ENOENT || error == -ENODEV || error == -ENXIO) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"unable to %s: the kernel has no ALSA sequencer; "
			"modprobe snd-seq brings it",
			what);
	}
	if (error == -EACCES || error == -EPERM) {
		return stage_err_set(err, STAGE_DENIED,
			"unable to %s: no permission for /dev/snd/seq; the "
			"user must be in the group audio",
			what);
	}
	return stage_err_set_errno(err, -error, "unable to %s", what);
}

static void
ignore_chatter(const char *file, int line, const char *function, int error,
	const char *format, ...)
{
	(void)file;
	(void)line;
	(void)function;
	(void)error;
	(void)format;
}

static enum stage_status
open_client(snd_seq_t **out, const char *name, struct stage_err *err)
{
	int error = snd_seq_open(
		out, "default", SND_SEQ_OPEN_DUPLEX, SND_SEQ_NONBLOCK);

	if (error < 0) {
		*out = NULL;
		return tell_error(error, "open the ALSA sequencer", err);
	}
	snd_seq_set_client_name(*out, name);
	return STAGE_OK;
}

// What is played: ports that nobody else sees or connects.
static enum stage_status
set_up_data(struct stage_midi_seq *self, struct stage_err *err)
{
	int error;

	snd_seq_set_client_pool_output(self->data, POOL);
	snd_seq_set_client_pool_input(self->data, POOL);
	snd_seq_set_input_buffer_size(
		self->data, POOL * sizeof(snd_seq_event_t));
	error = self->data_port = snd_seq_create_simple_port(self->data, NAME,
		SND_SEQ_PORT_CAP_READ | SND_SEQ_PORT_CAP_WRITE |
			SND_SEQ_PORT_CAP_NO_EXPORT,
		SND_SEQ_PORT_TYPE_APPLICATION);
	if (error < 0) {
		return tell_error(error, "make a sequencer port", err);
	}
	self->queue = snd_seq_alloc_queue(self->data);
	if (self->queue >= 0) {
		snd_seq_start_queue(self->data, self->queue, NULL);
		snd_seq_drain_output(self->data);
	}
	return STAGE_OK;
}

static enum stage_status
set_up_news(struct stage_midi_seq *self, struct stage_err *err)
{
	int error;

	snd_seq_set_client_pool_input(self->news, POOL);
	error = self->news_port = snd_seq_create_simple_port(self->news, NAME,
		SND_SEQ_PORT_CAP_WRITE | SND_SEQ_PORT_CAP_NO_EXPORT,
		SND_SEQ_PORT_TYPE_APPLICATION);
	if (error >= 0) {
		error = snd_seq_connect_from(self->news, self->news_port,
			SND_SEQ_CLIENT_SYSTEM, SND_SEQ_PORT_SYSTEM_ANNOUNCE);
	}
	return error >= 0 ? STAGE_OK
			  : tell_error(error, "listen to the sequencer's news",
				    err);
}

static void
alsa_close(struct stage_midi_seq *self)
{
	if (self == NULL) {
		return;
	}
	if (self->data != NULL) {
		snd_seq_close(self->data);
	}
	if (self->news != NULL) {
		snd_seq_close(self->news);
	}
	if (self->wake_fd >= 0) {
		close(self->wake_fd);
	}
	free(self);
}

static void alsa_keep_time(struct stage_midi_seq *self);

static enum stage_status
alsa_open(struct stage_midi_seq **out, struct stage_err *err)
{
	struct stage_midi_seq *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	snd_lib_error_set_handler(ignore_chatter);
	self->queue = -1;
	self->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	status = open_client(&self->news, NAME "-news", err);
	if (status == STAGE_OK) {
		status = open_client(&self->data, NAME, err);
	}
	if (status == STAGE_OK) {
		status = set_up_data(self, err);
	}
	if (status == STAGE_OK) {
		status = set_up_news(self, err);
	}
	if (status == STAGE_OK && self->wake_fd < 0) {
		status = stage_err_set_errno(
			err, errno, "unable to make a descriptor");
	}
	if (status != STAGE_OK) {
		alsa_close(self);
		return status;
	}
	alsa_keep_time(self);
	*out = self;
	return STAGE_OK;
}

// News.

static int
alsa_news_fd(const struct stage_midi_seq *self)
{
	struct pollfd poll_fd = {.fd = -1};

	snd_seq_poll_descriptors(self->news, &poll_fd, 1, POLLIN);
	return poll_fd.fd;
}

static enum stage_midi_news
alsa_news(struct stage_midi_seq *self, struct stage_midi_address *address)
{
	snd_seq_event_t *event = NULL;
	int error = snd_seq_event_input(self->news, &event);

	if (error == -ENOSPC) {
		return STAGE_MIDI_NEWS_LOOK;
	}
	if (error < 0 || event == NULL) {
		return STAGE_MIDI_NEWS_NONE;
	}
	address->client = event->data.addr.client;
	address->port = event->data.addr.port;
	if (event->type == SND_SEQ_EVENT_PORT_EXIT) {
		return STAGE_MIDI_NEWS_GONE;
	}
	if (event->type == SND_SEQ_EVENT_CLIENT_EXIT) {
		address->port = -1;
		return STAGE_MIDI_NEWS_GONE;
	}
	return STAGE_MIDI_NEWS_LOOK;
}

// Listing.

static bool
is_ours(const struct stage_midi_seq *self, int client)
{
	return client == snd_seq_client_id(self->data) ||
	       client == snd_seq_client_id(self->news);
}

/* Other bridges' own clients: to connect them would be a circle. */
static bool
is_a_bridge(const char *client)
{
	return stage_starts_with(client, "PipeWire-") ||
	       strcmp(client, "jackmidi") == 0 ||
	       strcmp(client, "a2jmidid") == 0 || strcmp(client, "a2j") == 0;
}

static bool
is_virtual(const struct stage_midi_seq *self, int port)
{
	for (size_t i = 0; i < self->virtual_count; i++) {
		if (self->virtuals[i] == port) {
			return true;
		}
	}
	return false;
}

static bool
is_to_be_bridged(const snd_seq_port_info_t *port)
{
	const unsigned left_out =
		SND_SEQ_PORT_CAP_NO_EXPORT | CAP_INACTIVE | CAP_UMP_ENDPOINT;

	return (snd_seq_port_info_get_capability(port) & left_out) == 0 &&
	       snd_seq_port_info_get_type(port) != 0;
}

static void
describe_client(snd_seq_client_info_t *client, struct stage_midi_identity *out)
{
	struct stage_seq_device device;
	int card = snd_seq_client_info_get_card(client);
	bool is_card =
		card >= 0 &&
		snd_seq_client_info_get_type(client) == SND_SEQ_KERNEL_CLIENT &&
		stage_seq_device_read(STAGE_SEQ_SYS_DIR, card, &device, NULL) ==
			STAGE_OK;

	stage_midi_identity_init(out, snd_seq_client_info_get_name(client),
		is_card ? &device : NULL);
}

static void
describe_port(const struct stage_midi_seq *self,
	const snd_seq_port_info_t *port, struct stage_midi_found *out)
{
	const unsigned reading =
		SND_SEQ_PORT_CAP_READ | SND_SEQ_PORT_CAP_SUBS_READ;
	const unsigned writing =
		SND_SEQ_PORT_CAP_WRITE | SND_SEQ_PORT_CAP_SUBS_WRITE;
	unsigned caps = snd_seq_port_info_get_capability(port);

	out->address.client = snd_seq_port_info_get_client(port);
	out->address.port = snd_seq_port_info_get_port(port);
	out->has[STAGE_MIDI_CAPTURE] = (caps & reading) == reading;
	out->has[STAGE_MIDI_PLAYBACK] = (caps & writing) == writing;
	if (stage_format(out->port_name, sizeof(out->port_name), "%s",
		    snd_seq_port_info_get_name(port)) != STAGE_OK) {
		out->port_name[0] = '\0';
	}
	if (is_ours(self, out->address.client)) { // others see them so
		memcpy(out->identity.name, out->port_name,
			sizeof(out->identity.name));
		out->identity.kind = STAGE_MIDI_VIRTUAL;
		out->identity.place[0] = '\0';
	}
}

static size_t
list_ports(struct stage_midi_seq *self,
	const struct stage_midi_identity *identity, int client,
	struct stage_midi_found *out, size_t max)
{
	snd_seq_port_info_t *port;
	size_t count = 0;

	snd_seq_port_info_alloca(&port);
	snd_seq_port_info_set_client(port, client);
	snd_seq_port_info_set_port(port, -1);
	while (count < max && snd_seq_query_next_port(self->news, port) >= 0) {
		struct stage_midi_found *found = &out[count];
		bool is_own = is_ours(self, client);
		if (is_own ? !is_virtual(self, snd_seq_port_info_get_port(port))
			   : !is_to_be_bridged(port)) {
			continue;
		}
		*found = (struct stage_midi_found){.identity = *identity};
		describe_port(self, port, found);
		count += found->has[STAGE_MIDI_CAPTURE] ||
			 found->has[STAGE_MIDI_PLAYBACK];
	}
	return count;
}

static size_t
alsa_list(struct stage_midi_seq *self, struct stage_midi_found *out, size_t max)
{
	snd_seq_client_info_t *client;
	size_t count = 0;

	snd_seq_client_info_alloca(&client);
	snd_seq_client_info_set_client(client, -1);
	while (snd_seq_query_next_client(self->news, client) >= 0) {
		int number = snd_seq_client_info_get_client(client);
		struct stage_midi_identity identity;
		if (number == SND_SEQ_CLIENT_SYSTEM ||
			is_a_bridge(snd_seq_client_info_get_name(client))) {
			continue;
		}
		describe_client(client, &identity);
		count += list_ports(
			self, &identity, number, out + count, max - count);
	}
	return count;
}

// Ways to ports. Our own need none: whoever wants them subscribes.

static enum stage_status
refuse_busy(struct stage_midi_seq *self, struct stage_midi_address address,
	bool is_output, struct stage_err *err)
{
	snd_seq_client_info_t *client;
	struct stage_holder holder;
	int card = -1;

	snd_seq_client_info_alloca(&client);
	if (snd_seq_get_any_client_info(self->news, address.client, client) >=
		0) {
		card = snd_seq_client_info_get_card(client);
	}
	if (card < 0 ||
		!stage_holder_find_midi("/proc", card, is_output, &holder)) {
		return stage_err_set(
			err, STAGE_BUSY, "another program has this device");
	}
	return stage_err_set(err, STAGE_BUSY,
		"%s, process %ld, has this device",
		holder.program[0] != '\0' ? holder.program : "a program",
		(long)holder.pid);
}

static enum stage_status
alsa_subscribe(struct stage_midi_seq *self, struct stage_midi_address address,
	enum stage_midi_direction direction, struct stage_err *err)
{
	snd_seq_port_subscribe_t *way;
	const snd_seq_addr_t there = {
		(unsigned char)address.client, (unsigned char)address.port};
	const snd_seq_addr_t here = {
		(unsigned char)snd_seq_client_id(self->data),
		(unsigned char)self->data_port};
	bool is_capture = direction == STAGE_MIDI_CAPTURE;
	int error;

	if (is_ours(self, address.client)) {
		return STAGE_OK;
	}
	snd_seq_port_subscribe_alloca(&way);
	snd_seq_port_subscribe_set_sender(way, is_capture ? &there : &here);
	snd_seq_port_subscribe_set_dest(way, is_capture ? &here : &there);
	if (is_capture && self->queue >= 0) {
		snd_seq_port_subscribe_set_queue(way, self->queue);
		snd_seq_port_subscribe_set_time_update(way, 1);
		snd_seq_port_subscribe_set_time_real(way, 1);
	}
	error = snd_seq_subscribe_port(self->data, way);
	if (error == -EBUSY || error == -EAGAIN || error == -EEXIST) {
		return refuse_busy(self, address, !is_capture, err);
	}
	return error < 0 ? stage_err_set_errno(
				   err, -error, "unable to open this device")
			 : STAGE_OK;
}

static void
alsa_unsubscribe(struct stage_midi_seq *self, struct stage_midi_address address,
	enum stage_midi_direction direction)
{
	if (is_ours(self, address.client)) {
		return;
	}
	if (direction == STAGE_MIDI_CAPTURE) {
		snd_seq_disconnect_from(self->data, self->data_port,
			address.client, address.port);
	} else {
		snd_seq_disconnect_to(self->data, self->data_port,
			address.client, address.port);
	}
}

static enum stage_status
alsa_make_port(struct stage_midi_seq *self, const char *name,
	struct stage_midi_address *out, struct stage_err *err)
{
	snd_seq_port_info_t *port;
	int error;

	if (self->virtual_count == VIRTUALS_MAX) {
		return stage_err_set(err, STAGE_FULL,
			"there are %d virtual ports already", VIRTUALS_MAX);
	}
	snd_seq_port_info_alloca(&port);
	snd_seq_port_info_set_name(port, name);
	snd_seq_port_info_set_capability(port,
		SND_SEQ_PORT_CAP_READ | SND_SEQ_PORT_CAP_SUBS_READ |
			SND_SEQ_PORT_CAP_WRITE | SND_SEQ_PORT_CAP_SUBS_WRITE |
			SND_SEQ_PORT_CAP_DUPLEX);
	snd_seq_port_info_set_type(port, SND_SEQ_PORT_TYPE_MIDI_GENERIC |
						 SND_SEQ_PORT_TYPE_APPLICATION |
						 SND_SEQ_PORT_TYPE_PORT);
	if (self->queue >= 0) {
		snd_seq_port_info_set_timestamping(port, 1);
		snd_seq_port_info_set_timestamp_real(port, 1);
		snd_seq_port_info_set_timestamp_queue(port, self->queue);
	}
	error = snd_seq_create_port(self->data, port);
	if (error < 0) {
		return tell_error(error, "make a sequencer port", err);
	}
	out->client = snd_seq_client_id(self->data);
	out->port = snd_seq_port_info_get_port(port);
	self->virtuals[self->virtual_count] = out->port;
	atomic_fetch_add(&self->virtual_count, 1); // [reader] sees it now
	return STAGE_OK;
}

// Time.

static int64_t
queue_now_ns(struct stage_midi_seq *self)
{
	snd_seq_queue_status_t *status;
	const snd_seq_real_time_t *time;

	snd_seq_queue_status_alloca(&status);
	if (snd_seq_get_queue_status(self->news, self->queue, status) < 0) {
		return INT64_MIN;
	}
	time = snd_seq_queue_status_get_real_time(status);
	return (int64_t)time->tv_sec * STAGE_NS_PER_S + time->tv_nsec;
}

// Both clocks at one moment: the tightest of a few tries.
static void
alsa_keep_time(struct stage_midi_seq *self)
{
	int64_t best_ns = INT64_MAX;

	for (int i = 0; i < TRIES && self->queue >= 0; i++) {
		int64_t before_ns = stage_clock_now_ns();
		int64_t queue_ns = queue_now_ns(self);
		int64_t took_ns = stage_clock_now_ns() - before_ns;
		if (queue_ns == INT64_MIN) {
			return;
		}
		if (took_ns < best_ns) {
			best_ns = took_ns;
			atomic_store(&self->queue_ns,
				before_ns + took_ns / 2 - queue_ns);
		}
	}
}

static int64_t
stamp_of(const struct stage_midi_seq *self, const snd_seq_event_t *event)
{
	int64_t now_ns = stage_clock_now_ns();
	int64_t at_ns;

	if (self->queue < 0 || !snd_seq_ev_is_real(event) ||
		event->queue != self->queue) {
		return now_ns;
	}
	at_ns = (int64_t)event->time.time.tv_sec * STAGE_NS_PER_S +
		event->time.time.tv_nsec + atomic_load(&self->queue_ns);
	return at_ns < now_ns ? at_ns : now_ns;
}

static size_t
alsa_output_bytes(const struct stage_midi_seq *self)
{
	struct stage_str text = {0};
	int64_t bytes = BUFFER_BYTES;

	(void)self;
	if (stage_io_read_file(BUFFER_PARAMETER, 64, &text, NULL) == STAGE_OK) {
		text.data[strcspn(text.data, "\n")] = '\0';
		(void)!stage_num_parse(text.data, 256, INT32_MAX, &bytes, NULL);
	}
	stage_str_finish(&text);
	return (size_t)bytes;
}

// [reader]

static void
wait_for_input(struct stage_midi_seq *self)
{
	struct pollfd fds[POLLS] = {{.fd = -1}, {.fd = -1}};
	uint64_t count;

	snd_seq_poll_descriptors(self->data, &fds[0], 1, POLLIN);
	fds[1] = (struct pollfd){.fd = self->wake_fd, .events = POLLIN};
	if (poll(fds, POLLS, -1) > 0 && (fds[1].revents & POLLIN) != 0) {
		(void)!read(self->wake_fd, &count, sizeof(count));
	}
}

static void
take_event(struct stage_midi_seq *self, const snd_seq_event_t *event,
	struct stage_midi_input *out)
{
	struct stage_midi_decoded decoded;

	out->from.client = event->source.client;
	out->from.port = event->source.port;
	out->is_virtual = is_virtual(self, event->dest.port);
	out->to.client = event->dest.client;
	out->to.port = event->dest.port;
	out->at_ns = stamp_of(self, event);
	if (event->type == SND_SEQ_EVENT_SYSEX) {
		out->kind = STAGE_MIDI_INPUT_SYSEX;
		out->sysex = event->data.ext.ptr;
		out->sysex_len = event->data.ext.len;
		return;
	}
	out->kind = STAGE_MIDI_INPUT_MESSAGES;
	// The bridge decides about note-ons of velocity 0.
	stage_midi_decode(event, true, &decoded);
	out->count = decoded.count;
	memcpy(out->messages, decoded.messages, sizeof(out->messages));
	memcpy(out->lens, decoded.lens, sizeof(out->lens));
}

static void
alsa_read(struct stage_midi_seq *self, struct stage_midi_input *out)
{
	snd_seq_event_t *event = NULL;
	int error = snd_seq_event_input(self->data, &event);

	out->kind = STAGE_MIDI_INPUT_WOKEN;
	if (error == -EAGAIN) {
		wait_for_input(self);
		error = snd_seq_event_input(self->data, &event);
	}
	if (error == -ENOSPC) {
		out->kind = STAGE_MIDI_INPUT_LOST;
	} else if (error == -ENODEV || error == -EBADFD) {
		out->kind = STAGE_MIDI_INPUT_BROKEN;
	} else if (error >= 0 && event != NULL) {
		take_event(self, event, out);
	}
}

static void
alsa_wake(struct stage_midi_seq *self)
{
	const uint64_t one = 1;

	(void)!write(self->wake_fd, &one, sizeof(one));
}

// [sender]

static enum stage_status
alsa_send(struct stage_midi_seq *self, struct stage_midi_address to,
	const uint8_t *bytes, size_t len)
{
	unsigned char chunk[STAGE_MIDI_CHUNK_BYTES];
	snd_seq_event_t event;
	int error;

	if (len > sizeof(chunk)) {
		return STAGE_TOO_LONG;
	}
	snd_seq_ev_clear(&event);
	snd_seq_ev_set_direct(&event);
	if (is_ours(self, to.client)) {
		snd_seq_ev_set_source(&event, to.port);
		snd_seq_ev_set_subs(&event);
	} else {
		snd_seq_ev_set_source(&event, self->data_port);
		snd_seq_ev_set_dest(&event, to.client, to.port);
	}
	if (!stage_midi_encode(bytes, len, &event)) {
		memcpy(chunk, bytes, len);
		snd_seq_ev_set_sysex(&event, (unsigned)len, chunk);
	}
	error = snd_seq_event_output_direct(self->data, &event);
	return error < 0 ? stage_status_from_errno(-error) : STAGE_OK;
}

const struct stage_midi_seq_class *
stage_midi_seq_alsa(void)
{
	static const struct stage_midi_seq_class seq = {
		.open = alsa_open,
		.close = alsa_close,
		.news_fd = alsa_news_fd,
		.news = alsa_news,
		.list = alsa_list,
		.subscribe = alsa_subscribe,
		.unsubscribe = alsa_unsubscribe,
		.make_port = alsa_make_port,
		.keep_time = alsa_keep_time,
		.output_bytes = alsa_output_bytes,
		.read = alsa_read,
		.wake = alsa_wake,
		.send = alsa_send,
	};

	return &seq;
}
