/* SPDX-License-Identifier: BSD-2-Clause */
/* A private net to test in: this process's namespace, and a peer's. */
#ifndef PKW_TESTS_LAB_H
#define PKW_TESTS_LAB_H

/*
 * lab_begin() moves the process into a network namespace of its own and forks a
 * peer that sleeps in another.  Both end with the process, whatever happens to
 * it, and everything in them; nothing outside is touched.
 *
 *	sh("ip link add v0 type veth peer v1 netns %d", lab_peer);
 *	peer("ip addr add 10.0.0.2/24 dev v1");
 */

#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t lab_peer;
static int lab_ipv6 = 1;

/* Runs a command here; the text is the test's own. */
static inline int sh(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
static inline int sh(const char *fmt, ...)
{
	char cmd[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof cmd, fmt, ap);
	va_end(ap);
	fflush(stdout);
	int r = system(cmd);
	if (r != 0)
		printf("# failed (%d): %s\n", r, cmd);
	return r;
}

/* ... in the peer's namespace. */
#define peer(...) lab_in_peer(__VA_ARGS__)
static inline int lab_in_peer(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
static inline int lab_in_peer(const char *fmt, ...)
{
	char cmd[900];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof cmd, fmt, ap);
	va_end(ap);
	return sh("nsenter -t %d -n sh -c '%s'", lab_peer, cmd);
}

/* A command that runs on in the peer's namespace until lab_end_job(). */
static inline pid_t lab_job(const char *cmd)
{
	char ns[32];

	snprintf(ns, sizeof ns, "%d", lab_peer);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setpgid(0, 0);
		execlp("nsenter", "nsenter", "-t", ns, "-n", "sh", "-c", cmd,
		    (char *)NULL);
		_exit(127);
	}
	return pid;
}

static inline void lab_end_job(pid_t pid)
{
	kill(-pid, SIGKILL); /* a shell's children with it */
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static inline void lab_sleep(int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		;
}

static inline double lab_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A process that sleeps in a namespace of its own. */
static inline pid_t lab_station(void)
{
	int ready[2];
	char c = 0;

	if (pipe(ready) < 0)
		exit(1);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWNET) == 0 && write(ready[1], "", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1) {
		printf("Bail out! no further namespace\n");
		exit(1);
	}
	close(ready[0]);
	sh("nsenter -t %d -n ip link set lo up", pid);
	return pid;
}

static inline void lab_begin(void)
{
	if (unshare(CLONE_NEWNET) < 0) {
		printf("1..0 # SKIP no right to make network namespaces\n");
		exit(0);
	}
	sh("ip link set lo up");
	lab_peer = lab_station();
}

/*
 * Moves this thread into the peer's namespace, and back.  Sockets stay where
 * they were made, so one process can hold both ends of a cable.
 */
static inline int lab_enter_peer(void)
{
	char path[64];
	int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	snprintf(path, sizeof path, "/proc/%d/ns/net", lab_peer);
	int there = open(path, O_RDONLY | O_CLOEXEC);
	if (here < 0 || there < 0 || setns(there, CLONE_NEWNET) < 0)
		printf("# cannot enter the peer: %s\n", strerror(errno));
	close(there);
	return here;
}

static inline void lab_return(int here)
{
	if (setns(here, CLONE_NEWNET) < 0)
		printf("# cannot return: %s\n", strerror(errno));
	close(here);
}

/* Without IPv6, whose own packets may come among a test's. */
static inline void lab_no_ipv6(void)
{
	sh("sysctl -q -w net.ipv6.conf.default.disable_ipv6=1");
	peer("sysctl -q -w net.ipv6.conf.default.disable_ipv6=1");
	lab_ipv6 = 0;
}

/* The usual pair of cables' ends: v0 here, v1 at the peer. */
static inline void lab_veth(void)
{
	sh("ip link add v0 type veth peer name v1 netns %d", lab_peer);
	sh("ip addr add 10.0.0.1/24 dev v0 && "
	   "ip link set v0 address 02:00:00:00:00:01 up");
	peer("ip addr add 10.0.0.2/24 dev v1 && "
	     "ip link set v1 address 02:00:00:00:00:02 up");
	if (lab_ipv6) {
		sh("ip addr add fd00::1/64 dev v0 nodad");
		peer("ip addr add fd00::2/64 dev v1 nodad");
	}
	/* until IPv6 has settled, its own packets would be in the way */
	sh("for i in $(seq 100); do ip -6 addr show tentative | grep -q . || "
	   "break; sleep 0.05; done");
}

#endif
