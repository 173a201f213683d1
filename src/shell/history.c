/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was typed, kept in $XDG_STATE_HOME/pkw/history (~/.local/state).
 *
 * An entry is a line; line feeds and backslashes inside one are \n and \\.
 * Each is appended as soon as it is run, under a lock, so nothing is lost when
 * the shell is killed, and several shells may share the file.  When it is
 * opened, entries that come again later are left out and the newest
 * HISTORY_MAX kept; if that changes anything, the file is replaced by another
 * which is renamed to its name.  Who appends looks therefore, once it has the
 * lock, whether the file still has a name.
 *
 * The file is for its owner only: what was typed may have been a password.
 * When the superuser of `sudo pkw' makes it in somebody's home, it becomes
 * that somebody's, who could not write it later otherwise.
 */
#include "shell/history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 16 << 20 };

static char *find_path(void)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	char *path = NULL;
	int n;

	if (state && *state == '/')
		n = asprintf(&path, "%s/pkw/history", state);
	else if (home && *home == '/')
		n = asprintf(&path, "%s/.local/state/pkw/history", home);
	else
		return NULL;
	return n < 0 ? NULL : path;
}

/* To whoever the folder belongs that it lies in. */
static void give_to_owner(const char *path, char *end)
{
	struct stat st;

	if (geteuid() != 0)
		return;
	*end = '\0';
	if (stat(*path ? path : "/", &st) != 0)
		st.st_uid = 0;
	*end = '/';
	if (st.st_uid != 0 && lchown(path, st.st_uid, st.st_gid) != 0)
		return; /* then it stays ours */
}

/* The folders above the file. */
static void make_folders(char *path)
{
	for (char *p = path + 1, *last = path; (p = strchr(p, '/')); p++) {
		*p = '\0';
		if (mkdir(path, 0700) == 0)
			give_to_owner(path, last);
		*p = '/';
		last = p;
	}
}

/* Opened, locked, and still the file of that name; -1: errno. */
static int open_locked(char *path)
{
	struct stat st, now;

	for (int tries = 0; tries < 10; tries++) {
		int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
		int fd = open(path, flags);
		if (fd < 0 && errno == ENOENT) {
			fd = open(path, flags | O_CREAT, 0600);
			if (fd >= 0)
				give_to_owner(path, strrchr(path, '/'));
		}
		if (fd < 0)
			return -1;
		if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		    flock(fd, LOCK_EX) == 0 && stat(path, &now) == 0 &&
		    now.st_ino == st.st_ino && now.st_dev == st.st_dev)
			return fd;
		close(fd);
		errno = EINVAL;
	}
	return -1;
}

static char *read_all(int fd, size_t *n)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || st.st_size > FILE_MAX)
		return NULL;
	char *text = malloc((size_t)st.st_size + 1);
	if (!text)
		return NULL;
	ssize_t r = pread(fd, text, (size_t)st.st_size, 0);
	*n = r < 0 ? 0 : (size_t)r;
	text[*n] = '\0';
	return text;
}

/* In place: it only becomes shorter. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (*s == '\\' && s[1])
			*to++ = *++s == 'n' ? '\n' : *s;
		else
			*to++ = *s;
	}
	*to = '\0';
}

static char *escape(const char *text)
{
	char *line = malloc(2 * strlen(text) + 2), *to = line;

	if (!line)
		return NULL;
	for (; *text; text++) {
		if (*text == '\n' || *text == '\\')
			*to++ = '\\';
		*to++ = *text == '\n' ? 'n' : *text;
	}
	*to++ = '\n';
	*to = '\0';
	return line;
}

/* A table of the entries by their text, to find those that come again. */
static size_t slot_of(char *const *slots, size_t room, const char *s)
{
	size_t h = 5381;

	for (const char *p = s; *p; p++)
		h = h * 33 + (unsigned char)*p;
	while (slots[h % room] && strcmp(slots[h % room], s) != 0)
		h++;
	return h % room;
}

/* Keeps the last of each, and of these the newest.  1: some were left out. */
static int drop_old(struct history_file *h)
{
	size_t room = 2 * h->n + 1, kept = h->n, all = h->n;
	char **seen = calloc(room, sizeof *seen);

	if (!seen)
		return 0;
	while (all > 0 && h->n - kept < HISTORY_MAX) {
		char *s = h->entry[--all];
		size_t at = slot_of(seen, room, s);
		if (seen[at]) {
			free(s);
			continue;
		}
		seen[at] = s;
		h->entry[--kept] = s;
	}
	free(seen);
	for (size_t i = 0; i < all; i++)
		free(h->entry[i]);
	memmove(h->entry, h->entry + kept, (h->n - kept) * sizeof *h->entry);
	h->n -= kept;
	return kept > 0;
}

static void rewrite(const struct history_file *h)
{
	char *new = NULL, *line;

	if (asprintf(&new, "%s.new", h->path) < 0)
		return;
	unlink(new);
	int fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f) {
		free(new);
		return;
	}
	give_to_owner(new, strrchr(new, '/'));
	for (size_t i = 0; i < h->n; i++) {
		line = escape(h->entry[i]);
		if (line)
			fputs(line, f);
		free(line);
	}
	int bad = ferror(f);
	if (fclose(f) != 0 || bad || rename(new, h->path) != 0)
		unlink(new);
	free(new);
}

static int split(struct history_file *h, char *text)
{
	size_t lines = 0;

	for (const char *p = text; (p = strchr(p, '\n')); p++)
		lines++;
	h->entry = malloc((lines + 1) * sizeof *h->entry);
	if (!h->entry)
		return ENOMEM;
	for (char *p = text, *end; (end = strchr(p, '\n')); p = end + 1) {
		*end = '\0';
		char *s = *p ? strdup(p) : NULL;
		if (!s)
			continue;
		unescape(s);
		h->entry[h->n++] = s;
	}
	return 0;
}

int history_open(struct history_file *h)
{
	size_t n;

	memset(h, 0, sizeof *h);
	h->path = find_path();
	if (!h->path)
		return 0;
	make_folders(h->path);
	int fd = open_locked(h->path);
	char *text = fd < 0 ? NULL : read_all(fd, &n);
	if (!text) {
		int r = errno ? errno : EFBIG;
		if (fd >= 0)
			close(fd);
		free(h->path);
		h->path = NULL;
		return r;
	}
	/* a line without an end is what a full disk left of one */
	int cut = n > 0 && text[n - 1] != '\n';
	int r = split(h, text);
	free(text);
	if (r == 0 && drop_old(h) + cut > 0)
		rewrite(h);
	close(fd);
	return r;
}

void history_add(struct history_file *h, const char *text)
{
	int fd = h->path ? open_locked(h->path) : -1;
	char *line = fd < 0 ? NULL : escape(text);

	if (line && write(fd, line, strlen(line)) < 0) {
		/* a full disk: this one will be missed */
	}
	free(line);
	if (fd >= 0)
		close(fd);
}

void history_close(struct history_file *h)
{
	for (size_t i = 0; i < h->n; i++)
		free(h->entry[i]);
	free(h->entry);
	free(h->path);
	memset(h, 0, sizeof *h);
}
