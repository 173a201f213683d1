/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files of /etc/pkw, read once: prefixes that are left alone, and the
 * ceiling of rates.  A file that is not there forbids nothing; one that cannot
 * be understood stops the command, as what it forbids is not known.
 */
#include "cmd/manners.h"

#include "cmd/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct prefix {
	struct pkw_addr addr;
	unsigned bits;
	char text[52];
};

struct manners {
	struct prefix *blocked;
	size_t n;
	double max_pps;
};

static int parse_prefix(const char *text, struct prefix *p)
{
	char addr[52], *slash, *end;

	if (strlen(text) >= sizeof addr)
		return -1;
	strcpy(addr, text);
	strcpy(p->text, text);
	slash = strchr(addr, '/');
	if (slash)
		*slash++ = '\0';
	if (pkw_addr_parse(addr, &p->addr) < 0 || p->addr.len == 6)
		return -1;
	p->bits = p->addr.len * 8u;
	if (!slash)
		return 0;
	unsigned long n = strtoul(slash, &end, 10);
	if (!*slash || *end || n > p->bits)
		return -1;
	p->bits = (unsigned)n;
	return 0;
}

static int add_blocked(struct manners *m, char *line)
{
	struct prefix *b = realloc(m->blocked, (m->n + 1) * sizeof *b);

	if (!b)
		return -1;
	m->blocked = b;
	if (parse_prefix(line, &b[m->n]) < 0)
		return -1;
	m->n++;
	return 0;
}

static int add_limit(struct manners *m, char *line)
{
	char tail;

	return sscanf(line, "max-pps %lf %c", &m->max_pps, &tail) == 1 &&
		       m->max_pps > 0
		   ? 0
		   : -1;
}

static int read_file(struct manners *m, const char *name,
    int (*add)(struct manners *, char *line))
{
	const char *folder = getenv("PKW_ETC");
	char path[4096], line[256];
	int n = 0, bad = 0;

	snprintf(
	    path, sizeof path, "%s/%s", folder ? folder : "/etc/pkw", name);
	FILE *f = fopen(path, "r");
	if (!f && errno == ENOENT)
		return 0;
	if (!f) {
		say("%s: %s", path, strerror(errno));
		return -1;
	}
	while (!bad && fgets(line, sizeof line, f)) {
		char *text = line + strspn(line, " \t");
		n++;
		text[strcspn(text, "#\r\n")] = '\0';
		for (size_t len = strlen(text);
		     len && strchr(" \t", text[len - 1]); len--)
			text[len - 1] = '\0';
		bad = *text && add(m, text) < 0;
	}
	fclose(f);
	if (bad)
		say("%s:%d: not understood: %s", path, n, line);
	return bad ? -1 : 0;
}

struct manners *manners_read(void)
{
	struct manners *m = calloc(1, sizeof *m);

	if (!m) {
		say("%s", pkw_strerror(PKW_ENOMEM));
		return NULL;
	}
	if (read_file(m, "blocklist", add_blocked) < 0 ||
	    read_file(m, "limits", add_limit) < 0) {
		manners_free(m);
		return NULL;
	}
	return m;
}

void manners_free(struct manners *m)
{
	if (m)
		free(m->blocked);
	free(m);
}

static int within(const struct pkw_addr *a, const struct prefix *p)
{
	unsigned whole = p->bits / 8, rest = p->bits % 8;

	if (a->len != p->addr.len ||
	    memcmp(a->bytes, p->addr.bytes, whole) != 0)
		return 0;
	return !rest ||
	       !((a->bytes[whole] ^ p->addr.bytes[whole]) >> (8 - rest));
}

const char *manners_blocked(const struct manners *m, const struct pkw_addr *a)
{
	for (size_t i = 0; i < m->n; i++)
		if (within(a, &m->blocked[i]))
			return m->blocked[i].text;
	return NULL;
}

double manners_max_pps(const struct manners *m)
{
	return m->max_pps;
}

int manners_off_link(
    struct pkw_net *net, const struct pkw_addr *a, uint32_t ifindex)
{
	struct pkw_route r;

	if (pkw_route(net, a, ifindex, &r, NULL) < 0)
		return 1;
	return r.kind != PKW_ROUTE_LOCAL && r.via.len != 0;
}
