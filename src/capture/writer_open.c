/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opening and closing a writer: which format, compressed or not, which file.
 * What can be written at once is: pcapng's section, pcap's header if the source
 * or an interface tells the link type.
 */
#include "writer.h"

#include "blocks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void leave_source(struct pkw_writer *w)
{
	struct pkw_writer **at = w->src ? &w->src->writers : NULL;

	while (at && *at && *at != w)
		at = &(*at)->next;
	if (at && *at)
		*at = w->next;
}

/* A file in which nothing was put is still a capture. */
static void put_empty(struct pkw_writer *w)
{
	const struct pkw_iface *i = w->src ? pkw_reader_iface(w->src, 0) : NULL;

	if (w->b.ng) {
		pkw__writer_section(w, &(struct pkw_writer_opts){ 0 });
	} else {
		pkw__writer_make_head(w,
		    i ? i : &(struct pkw_iface){ .link = 1 });
		pkw__writer_head(w);
	}
}

int pkw_writer_close(struct pkw_writer *w, struct pkw_diag *d)
{
	if (!w)
		return 0;
	if (!w->b.err && !w->begun)
		put_empty(w);
	pkw__writer_end_section(w);
	pkw__batch_emit(&w->b);
	leave_source(w);
	int closed = pkw__sink_fini(&w->b.sink);
	if (closed < 0 && !w->b.err)
		pkw__batch_stick(&w->b, pkw_fail(&w->b.diag, closed,
		    "cannot write: %s", pkw_strerror(closed)));
	int e = w->b.err ? pkw__batch_report(&w->b, d) : 0;
	free(w->b.buf);
	free(w->ifaces);
	free(w->map);
	free(w);
	return e;
}

static int ends_in(const char *name, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);

	return len > n && memcmp(name + len - n, suffix, n) == 0;
}

/* What the name says, where the options leave it open. */
static void choose(struct pkw_writer *w, const char *name,
    const struct pkw_writer_opts *o, enum pkw_format *format,
    enum pkw__packing *packing)
{
	size_t len = strlen(name);

	*packing = PKW__PLAIN;
	if (ends_in(name, len, ".gz")) {
		*packing = PKW__GZIP;
		len -= strlen(".gz");
	} else if (ends_in(name, len, ".zst")) {
		*packing = PKW__ZSTD;
		len -= strlen(".zst");
	}
	if (o->flags & PKW_WRITE_PLAIN)
		*packing = PKW__PLAIN;
	else if (o->flags & PKW_WRITE_GZIP)
		*packing = PKW__GZIP;
	else if (o->flags & PKW_WRITE_ZSTD)
		*packing = PKW__ZSTD;
	*format = o->format;
	if (*format == PKW_FORMAT_AUTO && w->src)
		*format = pkw_reader_format(w->src);
	else if (*format == PKW_FORMAT_AUTO)
		*format = ends_in(name, len, ".pcapng") ||
		    ends_in(name, len, ".ntar")
		    ? PKW_FORMAT_PCAPNG : PKW_FORMAT_PCAP;
}

/* The header, if it is known by now. */
static int begin_file(struct pkw_writer *w, const struct pkw_writer_opts *o)
{
	const struct pkw_reader *r = w->continuing ? w->src : NULL;

	if (r && !w->b.ng) {
		w->b.pcap = r->pcap;
		w->link = r->link;
		return pkw__writer_head(w);
	}
	if (r)
		w->b.swap = w->b.batch_swap = r->swap;
	if (!w->b.ng || (r && !r->begun))
		return 0; /* pcap must know the link type; or it comes by */
	pkw__writer_section(w, o);
	/* the source's first blocks have gone by: its interfaces are needed */
	for (uint32_t n = 0; r && n < r->n_ifaces; n++) {
		const struct pkw_iface *i = &r->ifaces[n].pub;
		uint8_t *p = pkw__batch_room(&w->b, pkw__iface_room(i));
		if (!p)
			return w->b.err;
		w->b.len += pkw__iface_put(p, i, w->b.swap);
		if (!pkw__writer_add_iface(w, &r->ifaces[n]) ||
		    pkw__writer_map_iface(w) < 0)
			return w->b.err;
	}
	return pkw__batch_emit(&w->b);
}

static struct pkw_writer *refuse(struct pkw_writer *w, struct pkw_diag *d)
{
	pkw__batch_report(&w->b, d);
	pkw_writer_close(w, NULL);
	return NULL;
}

static struct pkw_writer *new_writer(int fd, int owned, const char *name,
    const struct pkw_writer_opts *o, struct pkw_diag *d)
{
	struct pkw_writer *w = calloc(1, sizeof *w);
	enum pkw_format format;
	enum pkw__packing packing;

	if (!w) {
		if (owned)
			close(fd);
		pkw_fail(d, -PKW_ENOMEM, "out of memory");
		return NULL;
	}
	snprintf(w->b.name, sizeof w->b.name, "%s", name);
	w->src = o->source;
	choose(w, name, o, &format, &packing);
	w->b.ng = format == PKW_FORMAT_PCAPNG;
	w->continuing = w->src && format == pkw_reader_format(w->src) &&
	    (o->format == PKW_FORMAT_AUTO || w->b.ng ||
	    pkw__pcap_standard(&w->src->pcap));
	w->b.pcap = (struct pkw__pcap){ .head_len = 24, .record_len = 16,
		.unit = format == PKW_FORMAT_PCAP_NS ? 1 : 1000 };
	w->unbuffered = (o->flags & PKW_WRITE_UNBUFFERED) != 0;
	int e = pkw__sink_init(&w->b.sink, fd, owned, packing, o->level,
	    &w->b.diag);
	if (e < 0) {
		pkw__batch_stick(&w->b, e);
		return refuse(w, d);
	}
	w->b.buf = malloc(BATCH);
	if (!w->b.buf) {
		pkw__batch_no_memory(&w->b);
		return refuse(w, d);
	}
	w->b.cap = BATCH;
	if (w->src) {
		w->next = w->src->writers;
		w->src->writers = w;
	}
	return begin_file(w, o) < 0 ? refuse(w, d) : w;
}

/* Whether fd is the very file the source is read from. */
static int is_source(int fd, const struct pkw_reader *r)
{
	struct stat a, b;

	return r && r->src.regular && fstat(fd, &a) == 0 &&
	    fstat(r->src.fd, &b) == 0 && a.st_dev == b.st_dev &&
	    a.st_ino == b.st_ino;
}

static struct pkw_writer *open_fd(int fd, int owned, const char *name,
    const struct pkw_writer_opts *o, struct pkw_diag *d)
{
	static const struct pkw_writer_opts usual;
	struct stat st;
	int e = 0;

	if (!o)
		o = &usual;
	if (is_source(fd, o->source))
		e = pkw_fail(d, -PKW_EINVAL, "this file is the one being read; "
		    "write to another and rename it");
	else if (owned && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    ftruncate(fd, 0) < 0)
		e = pkw_fail(d, -errno, "cannot empty the file: %s",
		    pkw_strerror(errno));
	if (e == 0)
		return new_writer(fd, owned, name, o, d);
	if (d)
		snprintf(d->file, sizeof d->file, "%s", name);
	if (owned)
		close(fd);
	return NULL;
}

struct pkw_writer *pkw_writer_open(const char *path,
    const struct pkw_writer_opts *o, struct pkw_diag *d)
{
	if (strcmp(path, "-") == 0)
		return open_fd(STDOUT_FILENO, 0, "standard output", o, d);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd >= 0)
		return open_fd(fd, 1, path, o, d);
	pkw_fail(d, -errno, "cannot open for writing: %s",
	    pkw_strerror(errno));
	if (d)
		snprintf(d->file, sizeof d->file, "%s", path);
	return NULL;
}

struct pkw_writer *pkw_writer_open_fd(int fd, const char *name,
    const struct pkw_writer_opts *o, struct pkw_diag *d)
{
	return open_fd(fd, 0, name, o, d);
}
