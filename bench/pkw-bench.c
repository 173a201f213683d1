/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw-bench WORKLOAD FILE|SIZE [OUT]: the workloads of the yardstick, through
 * the public API only, as a user of the library would write them.
 *
 * Prints `RESULT pkw WORKLOAD packets cpu_seconds wall_seconds peak_kib check';
 * see bench/README.md for what each workload does and what the check sums up.
 */
#include <pkw/capture.h>
#include <pkw/pkt.h>
#include <pkw/show.h>
#include <pkw/text.h>
#include <pkw/tmpl.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BUILD_N = 1000000 };

/* What is looked up once and then read from every packet. */
static const struct pkw_proto *ether, *ip, *ip6, *tcp, *udp, *dns, *vxlan;
static struct pkw_slot ip_src, ip_dst, ip_ttl, ip6_src, ip6_hlim, ip_id;
static struct pkw_slot tcp_sport, tcp_dport, tcp_flags, udp_sport, udp_dport;
static struct pkw_slot ip_chksum, tcp_chksum;

static double cpu0, wall0;

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void start(void)
{
	wall0 = now(CLOCK_MONOTONIC);
	cpu0 = now(CLOCK_PROCESS_CPUTIME_ID);
}

static void stop(const char *work, uint64_t n, uint64_t check)
{
	double cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu0;
	double wall = now(CLOCK_MONOTONIC) - wall0;
	long peak = 0;
	char line[128];
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "VmHWM: %ld", &peak) == 1)
			break;
	if (f)
		fclose(f);
	printf("RESULT pkw %s %" PRIu64 " %.6f %.6f %ld %016" PRIx64 "\n", work,
	    n, cpu, wall, peak, check);
}

static void die(const struct pkw_diag *d)
{
	fprintf(stderr, "pkw-bench: %s\n", d->text);
	exit(1);
}

static void look_up(void)
{
	ether = pkw_proto_find("Ether");
	ip = pkw_proto_find("IP");
	ip6 = pkw_proto_find("IPv6");
	tcp = pkw_proto_find("TCP");
	udp = pkw_proto_find("UDP");
	dns = pkw_proto_find("DNS");
	vxlan = pkw_proto_find("VXLAN");
	ip_src = pkw_slot(ip, "src");
	ip_dst = pkw_slot(ip, "dst");
	ip_ttl = pkw_slot(ip, "ttl");
	ip_id = pkw_slot(ip, "id");
	ip_chksum = pkw_slot(ip, "chksum");
	ip6_src = pkw_slot(ip6, "src");
	ip6_hlim = pkw_slot(ip6, "hlim");
	tcp_sport = pkw_slot(tcp, "sport");
	tcp_dport = pkw_slot(tcp, "dport");
	tcp_flags = pkw_slot(tcp, "flags");
	tcp_chksum = pkw_slot(tcp, "chksum");
	udp_sport = pkw_slot(udp, "sport");
	udp_dport = pkw_slot(udp, "dport");
}

static uint64_t be32(const uint8_t *b)
{
	return (uint64_t)b[0] << 24 | (uint64_t)b[1] << 16 |
	    (uint64_t)b[2] << 8 | b[3];
}

/* Addresses, hop limit, ports and flags of the network layer n and above. */
static inline uint64_t touch_at(const struct pkw_view *v, int n, int t)
{
	if (n < 0)
		return 0;
	const struct pkw_layer *l = &v->layers[n];
	uint64_t s = 0;

	if (l->proto == ip) {
		s = (uint64_t)pkw_slot_u32(v, l, &ip_src) +
		    pkw_slot_u32(v, l, &ip_dst) + pkw_slot_u8(v, l, &ip_ttl);
	} else if (l->proto == ip6) {
		const uint8_t *b = v->bytes + l->off + ip6_src.off;
		for (int i = 0; i < 32; i += 4)
			s += be32(b + i);
		s += pkw_slot_u8(v, l, &ip6_hlim);
	} else {
		return 0;
	}
	if (t < 0)
		return s;
	l = &v->layers[t];
	if (l->proto == tcp)
		s += (uint64_t)pkw_slot_u16(v, l, &tcp_sport) +
		    pkw_slot_u16(v, l, &tcp_dport) +
		    (pkw_slot_get(v, l, &tcp_flags) & 0xff);
	else if (l->proto == udp)
		s += (uint64_t)pkw_slot_u16(v, l, &udp_sport) +
		    pkw_slot_u16(v, l, &udp_dport);
	return s;
}

static inline uint64_t touch(const struct pkw_pkt *p)
{
	const struct pkw_view *v = pkw_view(p);

	return touch_at(v, v->first[PKW_NETWORK], v->first[PKW_TRANSPORT]);
}

/* A DNS message: its header's id, and of each record name, type and TTL. */
static uint64_t touch_dns(const struct pkw_pkt *p, int layer)
{
	static int id = -1;
	uint64_t s = 0;

	if (id < 0)
		id = pkw_field_find(&dns->rec, "id");
	s += pkw_u(p, layer, (unsigned)id);
	int root = pkw_root(p, layer);
	for (int l = root < 0 ? -1 : pkw_node_first(p, root); l >= 0;
	    l = pkw_node_next(p, l))
		for (int e = pkw_node_first(p, l); e >= 0;
		    e = pkw_node_next(p, e)) {
			uint64_t u;
			if (pkw_field_u(p, e, 1, &u) == 0)
				s += u;
			if (pkw_field_u(p, e, 3, &u) == 0)
				s += u;
			static struct pkw_str name;
			pkw_str_clear(&name);
			pkw_field_text(p, e, 0, 0, &name);
			s += name.len;
		}
	return s;
}

/* Of the packet inside a tunnel whose layers begin with number i. */
static uint64_t touch_inner(const struct pkw_view *v, uint32_t i)
{
	int n = -1;

	for (; i < v->nlayers; i++) {
		unsigned cls = v->layers[i].proto->cls;
		if (cls == PKW_NETWORK && n < 0)
			n = (int)i;
		if (cls == PKW_TRANSPORT)
			return touch_at(v, n, (int)i);
	}
	return touch_at(v, n, -1);
}

static uint64_t touch_full(const struct pkw_pkt *p)
{
	const struct pkw_view *v = pkw_view(p);
	int t = v->first[PKW_TRANSPORT];
	uint64_t s = touch_at(v, v->first[PKW_NETWORK], t);

	if (t < 0 || v->layers[t].proto != udp)
		return s;
	uint32_t i = (uint32_t)t + 1;
	if (i < v->nlayers && v->layers[i].proto == dns)
		s += touch_dns(p, (int)i);
	else if (i < v->nlayers && v->layers[i].proto == vxlan)
		s += touch_inner(v, i + 1);
	return s;
}

static void read_file(const char *path)
{
	struct pkw_diag d;
	struct pkw_frame f;
	struct pkw_pkt *p = pkw_pkt_new();
	uint64_t n = 0, s = 0;
	int e;

	start();
	struct pkw_reader *r = pkw_reader_open(path, PKW_READ_HEADERS, &d);
	if (!r)
		die(&d);
	const struct pkw_proto *first = NULL;
	while ((e = pkw_reader_next(r, &f, &d)) > 0) {
		if (n++ == 0)
			first = pkw_link_proto(f.link);
		pkw_dissect(p, first, f.data, f.caplen, 0);
		s += touch(p);
	}
	if (e < 0)
		die(&d);
	pkw_reader_close(r);
	stop("read", n, s);
	pkw_pkt_free(p);
}

static uint8_t *load(const char *path, size_t *len)
{
	struct stat st;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || fstat(fd, &st) < 0) {
		perror(path);
		exit(1);
	}
	*len = (size_t)st.st_size;
	uint8_t *b = calloc(1, *len + PKW_FRAME_SLACK);
	for (size_t at = 0; b && at < *len;) {
		ssize_t n = read(fd, b + at, *len - at);
		if (n <= 0)
			exit(1);
		at += (size_t)n;
	}
	close(fd);
	return b;
}

static uint32_t le32(const uint8_t *b)
{
	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
	    (uint32_t)b[3] << 24;
}

/* mem, full: once; hot: the first HOTKB KiB again and again. */
static void from_memory(const char *work, const char *path)
{
	struct pkw_pkt *p = pkw_pkt_new();
	int full = strcmp(work, "full") == 0, reps = 1;
	uint64_t n = 0, s = 0;
	size_t len;
	uint8_t *b = load(path, &len);

	if (strcmp(work, "hot") == 0) {
		const char *kb = getenv("HOTKB");
		size_t limit = (kb ? strtoul(kb, NULL, 10) : 1024) * 1024;
		size_t at = 24;
		while (at + 16 <= len && at + 16 + le32(b + at + 8) <= limit)
			at += 16 + le32(b + at + 8);
		len = at < len ? at : len;
		reps = (int)(((size_t)300 << 20) / limit);
		reps = reps < 1 ? 1 : reps;
	}
	const struct pkw_proto *first = pkw_link_proto(1);
	start();
	while (reps-- > 0)
		for (size_t at = 24; at + 16 <= len;) {
			uint32_t caplen = le32(b + at + 8);
			/* the next header, and the stream of bytes ahead */
			__builtin_prefetch(b + at + 16 + caplen);
			__builtin_prefetch(b + at + 2048);
			__builtin_prefetch(b + at + 2048 + 64);
			pkw_dissect(p, first, b + at + 16, caplen, 0);
			s += full ? touch_full(p) : touch(p);
			n++;
			at += 16 + caplen;
		}
	stop(work, n, s);
	pkw_pkt_free(p);
	free(b);
}

static unsigned index_of(const struct pkw_proto *proto, const char *name)
{
	int k = pkw_field_find(&proto->rec, name);

	if (k < 0)
		exit(2);
	return (unsigned)k;
}

static uint64_t sums_of(const struct pkw_pkt *p)
{
	const struct pkw_view *v = pkw_view(p);

	return pkw_slot_get(v, &v->layers[1], &ip_chksum) +
	    pkw_slot_get(v, &v->layers[2], &tcp_chksum);
}

/* The frame of the build workloads, from scratch: number i. */
static void push_frame(struct pkw_pkt *p, uint32_t i, const uint8_t *payload,
    size_t paylen)
{
	static const uint8_t options[12] = { 1, 1, 8, 10, 0, 1, 2, 3, 4, 5, 6,
		7 };
	static unsigned eth_dst, eth_src, id, src, dst, sport, dport, seq;
	static unsigned flags, opts;

	if (!eth_src) {
		eth_dst = index_of(ether, "dst");
		eth_src = index_of(ether, "src");
		id = index_of(ip, "id");
		src = index_of(ip, "src");
		dst = index_of(ip, "dst");
		sport = index_of(tcp, "sport");
		dport = index_of(tcp, "dport");
		seq = index_of(tcp, "seq");
		flags = index_of(tcp, "flags");
		opts = index_of(tcp, "options");
	}
	pkw_pkt_reset(p);
	pkw_push(p, ether);
	pkw_set(p, 0, eth_dst, 0x020000000001);
	pkw_set(p, 0, eth_src, 0x020000000002);
	pkw_push(p, ip);
	pkw_set(p, 1, id, i & 0xffff);
	pkw_set(p, 1, src, 0x0a000001);
	pkw_set(p, 1, dst, 0xc0a80000 | (i & 0xffff));
	pkw_push(p, tcp);
	pkw_set(p, 2, sport, 1024 + (i & 0x7fff));
	pkw_set(p, 2, dport, 80);
	pkw_set(p, 2, seq, i * 7);
	pkw_set(p, 2, flags, 0x18);
	pkw_field_set_raw(p, pkw_root(p, 2), opts, options, sizeof options);
	if (paylen)
		pkw_push_raw(p, payload, paylen);
	if (pkw_seal(p, 0) < 0)
		exit(1);
}

static void vary(struct pkw_tmpl *t, int layer, unsigned field, uint64_t from,
    uint64_t to, uint64_t step)
{
	struct pkw_vary v = { .kind = PKW_VARY_COUNTER, .from = from, .to = to,
		.step = step };
	struct pkw_diag d;

	if (pkw_tmpl_vary(t, layer, field, &v, &d) < 0)
		die(&d);
}

/*
 * A million frames.  build: each a packet of its own, made from a template;
 * build-reuse: the template's own packet, patched; build-push: each pushed
 * together layer by layer, every field set, and sealed.
 */
static void build(const char *work, size_t size)
{
	size_t paylen = size > 66 ? size - 66 : 0;
	int reuse = strcmp(work, "build-reuse") == 0;
	int push = strcmp(work, "build-push") == 0;
	uint8_t *payload = malloc(paylen + 1);
	struct pkw_pkt *p = pkw_pkt_new();
	const struct pkw_pkt *lent = p;
	struct pkw_diag d;
	uint64_t s = 0;

	for (size_t i = 0; i < paylen; i++)
		payload[i] = (uint8_t)i;
	start();
	push_frame(p, 0, payload, paylen);
	struct pkw_tmpl *t = pkw_tmpl_new(p, &d);
	if (!t)
		die(&d);
	vary(t, 1, index_of(ip, "id"), 0, 0xffff, 1);
	vary(t, 1, index_of(ip, "dst"), 0xc0a80000, 0xc0a8ffff, 1);
	vary(t, 2, index_of(tcp, "sport"), 1024, 1024 + 0x7fff, 1);
	vary(t, 2, index_of(tcp, "seq"), 0, 0, 7);
	pkw_tmpl_limit(t, BUILD_N);
	for (uint32_t i = 0; i < BUILD_N; i++) {
		if (push)
			push_frame(p, i, payload, paylen);
		else if (reuse)
			pkw_tmpl_step(t, &lent);
		else
			pkw_tmpl_next(t, p);
		s += sums_of(lent);
	}
	char name[48];
	snprintf(name, sizeof name, "%s%zu", work, size);
	stop(name, BUILD_N, s);
	pkw_tmpl_free(t);
	pkw_pkt_free(p);
	free(payload);
}

/* Outermost IPv4: dst = 10.99.x.y, one hop less. */
static void edit(const char *path, const char *out)
{
	struct pkw_diag d;
	struct pkw_frame f;
	struct pkw_pkt *p = pkw_pkt_new();
	uint64_t n = 0, s = 0;
	int e;

	unsigned dst = index_of(ip, "dst"), ttl = index_of(ip, "ttl");
	start();
	struct pkw_reader *r = pkw_reader_open(path, 0, &d);
	if (!r)
		die(&d);
	struct pkw_writer_opts o = { .source = r };
	struct pkw_writer *w = pkw_writer_open(out, &o, &d);
	if (!w)
		die(&d);
	while ((e = pkw_reader_next(r, &f, &d)) > 0) {
		pkw_dissect(p, pkw_link_proto(f.link), f.data, f.caplen,
		    PKW_INPLACE);
		int i = pkw_view(p)->first[PKW_NETWORK];
		if (i >= 0 && pkw_view(p)->layers[i].proto == ip) {
			pkw_patch(p, i, dst,
			    0x0a630000 | (pkw_u(p, i, dst) & 0xffff));
			pkw_patch(p, i, ttl, (pkw_u(p, i, ttl) - 1) & 0xff);
			/* what cannot be patched in place has moved */
			f.data = pkw_view(p)->bytes;
		}
		if (pkw_writer_put(w, &f, &d) < 0)
			die(&d);
		n++;
	}
	if (e < 0 || pkw_writer_close(w, &d) < 0)
		die(&d);
	pkw_reader_close(r);
	stop("edit", n, s);
	pkw_pkt_free(p);
}

/* One line, or one JSON object, a packet. */
static void print(const char *work, const char *path, const char *out)
{
	struct pkw_diag d;
	struct pkw_frame f;
	struct pkw_pkt *p = pkw_pkt_new();
	struct pkw_str text = PKW_STR_INIT;
	int json = strcmp(work, "json") == 0, e;
	uint64_t n = 0, s = 0;

	start();
	struct pkw_printer_opts o = { .clock = PKW_CLOCK_TIME };
	struct pkw_printer *pr = pkw_printer_new(&o);
	struct pkw_reader *r = pkw_reader_open(path, 0, &d);
	int fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (!r)
		die(&d);
	while ((e = pkw_reader_next(r, &f, &d)) > 0) {
		pkw_dissect(
		    p, pkw_link_proto(f.link), f.data, f.caplen, PKW_INPLACE);
		if (json)
			pkw_json(pr, p, &f, &text);
		else
			pkw_line(pr, p, &f, &text);
		pkw_str_addc(&text, '\n');
		if (text.len >= PKW_DRAIN) {
			s += text.len;
			pkw_drain(&text, fd, PKW_DRAIN);
		}
		n++;
	}
	s += text.len;
	pkw_drain(&text, fd, 0);
	if (e < 0)
		die(&d);
	close(fd);
	pkw_reader_close(r);
	stop(work, n, s);
	pkw_printer_free(pr);
	pkw_pkt_free(p);
	pkw_str_free(&text);
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: pkw-bench read|mem|hot|full|build|"
				"build-reuse|edit|json|text FILE|SIZE [OUT]\n");
		return 2;
	}
	const char *work = argv[1], *arg = argv[2];
	look_up();
	if (strcmp(work, "read") == 0)
		read_file(arg);
	else if (strcmp(work, "mem") == 0 || strcmp(work, "hot") == 0 ||
	    strcmp(work, "full") == 0)
		from_memory(work, arg);
	else if (strncmp(work, "build", 5) == 0)
		build(work, strtoul(arg, NULL, 10));
	else if (strcmp(work, "edit") == 0 && argc > 3)
		edit(arg, argv[3]);
	else if (strcmp(work, "json") == 0 || strcmp(work, "text") == 0)
		print(work, arg, argc > 3 ? argv[3] : "/dev/null");
	else
		return 2;
	return 0;
}
