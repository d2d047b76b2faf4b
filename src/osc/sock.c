/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#if defined(__APPLE__)
#	define _DARWIN_C_SOURCE // TCP_KEEPINTVL
#else
#	define _GNU_SOURCE // TCP_QUICKACK
#endif

#include "osc/sock.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__linux__)
#	include <linux/errqueue.h>
#	include <linux/sockios.h>
#	include <sys/ioctl.h>
#	include <time.h>
#endif

#include "base/clock.h"
#include "base/sock.h"

#define BACKLOG 32
#define IDLE_S 30 // then the other side is asked whether it is there
#define ASK_S 10
#define ASK_COUNT 3

static void
set(int fd, int level, int option, int value)
{
	(void)setsockopt(fd, level, option, &value, sizeof(value));
}

int
stage_osc_sock_listen(const struct stage_osc_peer *at)
{
	bool is_six = at->address.ss_family == AF_INET6;
	int fd = stage_sock_open(at->address.ss_family);

	if (fd < 0) {
		return -1;
	}
	// Connections of one that ended may linger.
	set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (bind(fd, (const struct sockaddr *)&at->address,
		    is_six ? sizeof(struct sockaddr_in6)
			   : sizeof(struct sockaddr_in)) != 0 ||
		listen(fd, BACKLOG) != 0) {
		int errnum = errno;
		close(fd);
		errno = errnum;
		return -1;
	}
	return fd;
}

static void
keep_alive(int fd)
{
	set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
#if defined(TCP_KEEPIDLE)
	set(fd, IPPROTO_TCP, TCP_KEEPIDLE, IDLE_S);
#endif
#if defined(TCP_KEEPINTVL) && defined(TCP_KEEPCNT)
	set(fd, IPPROTO_TCP, TCP_KEEPINTVL, ASK_S);
	set(fd, IPPROTO_TCP, TCP_KEEPCNT, ASK_COUNT);
#endif
}

int
stage_osc_sock_accept(int fd, struct stage_osc_peer *out)
{
	struct sockaddr_storage address = {0};
	int got = stage_sock_accept(fd, &address);

	if (got >= 0) {
		stage_osc_peer_copy(out, (const struct sockaddr *)&address);
		set(got, IPPROTO_TCP, TCP_NODELAY, 1);
		keep_alive(got);
	}
	return got;
}

ssize_t
stage_osc_sock_send(int fd, const void *bytes, size_t len)
{
	ssize_t sent;

	do {
		sent = send(fd, bytes, len, STAGE_SOCK_SEND);
	} while (sent < 0 && errno == EINTR);
	return sent;
}

// Who sends a size, and then the packet, waits with the packet until we have
// acknowledged the size (Nagle), which the system puts off by 40 ms to do it
// with an answer. It forgets that it was told not to.
static void
acknowledge(int fd)
{
#if defined(TCP_QUICKACK)
	set(fd, IPPROTO_TCP, TCP_QUICKACK, 1);
#else
	(void)fd;
#endif
}

ssize_t
stage_osc_sock_receive(int fd, void *bytes, size_t len)
{
	ssize_t got;

	do {
		got = recv(fd, bytes, len, MSG_DONTWAIT);
	} while (got < 0 && errno == EINTR);
	if (got > 0) {
		acknowledge(fd);
	}
	return got;
}

ssize_t
stage_osc_sock_take(int fd, void *bytes, size_t len, struct stage_osc_peer *out)
{
	struct sockaddr_storage address = {0};
	ssize_t got;

	do {
		socklen_t size = sizeof(address);
		got = recvfrom(fd, bytes, len, MSG_DONTWAIT,
			(struct sockaddr *)&address, &size);
	} while (got < 0 && errno == EINTR);
	if (got >= 0) {
		stage_osc_peer_copy(out, (const struct sockaddr *)&address);
	}
	return got;
}

#if defined(__linux__)

int64_t
stage_osc_sock_taken_ns(int fd)
{
	struct timespec at;

	return ioctl(fd, SIOCGSTAMPNS, &at) == 0
		       ? (int64_t)at.tv_sec * STAGE_NS_PER_S + at.tv_nsec
		       : -1;
}

int64_t
stage_osc_sock_waiting_ns(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0
		       ? stage_osc_sock_taken_ns(fd)
		       : -1;
}

void
stage_osc_sock_keep_refusals(int fd)
{
	// One of them is of another family, and is refused.
	set(fd, IPPROTO_IP, IP_RECVERR, 1);
	set(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
}

static bool
is_refusal(struct msghdr *message)
{
	for (struct cmsghdr *each = CMSG_FIRSTHDR(message); each != NULL;
		each = CMSG_NXTHDR(message, each)) {
		struct sock_extended_err error;
		if ((each->cmsg_level == IPPROTO_IP &&
			    each->cmsg_type == IP_RECVERR) ||
			(each->cmsg_level == IPPROTO_IPV6 &&
				each->cmsg_type == IPV6_RECVERR)) {
			memcpy(&error, CMSG_DATA(each), sizeof(error));
			return error.ee_errno == ECONNREFUSED;
		}
	}
	return false;
}

bool
stage_osc_sock_refusal(int fd, struct stage_osc_peer *out)
{
	struct sockaddr_storage name;
	char bytes[16]; // of what was sent; nobody looks at it
	char control[512];
	struct iovec into = {bytes, sizeof(bytes)};
	struct msghdr message = {
		.msg_name = &name,
		.msg_namelen = sizeof(name),
		.msg_iov = &into,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};

	memset(out, 0, sizeof(*out));
	memset(&name, 0, sizeof(name));
	if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
		return false;
	}
	if (is_refusal(&message)) {
		stage_osc_peer_copy(out, (const struct sockaddr *)&name);
	}
	return true;
}

#else

void
stage_osc_sock_keep_refusals(int fd)
{
	(void)fd;
}

bool
stage_osc_sock_refusal(int fd, struct stage_osc_peer *out)
{
	(void)fd;
	memset(out, 0, sizeof(*out));
	return false;
}

#endif
