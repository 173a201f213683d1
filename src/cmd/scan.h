/* SPDX-License-Identifier: BSD-2-Clause */
/* What a scan found, and the forms in which it is told. */
#ifndef PKW_CMD_SCAN_H
#define PKW_CMD_SCAN_H

#include <pkw/scan.h>
#include <pkw/str.h>

#include <stddef.h>
#include <stdint.h>

struct found_host {
	struct pkw_scan_host h;
	char name[256]; /* as it was asked for, or "" */
};

struct found_port {
	uint64_t host;  /* its number */
	const char *reason;
	uint32_t probe;
	float rtt;      /* seconds; negative: not known */
	uint8_t state, ttl;
};

struct found {
	struct found_host *hosts;
	size_t nhosts, caphosts;
	struct found_port *ports;
	size_t nports, capports;
	const struct pkw_scan_probe *probes;
	size_t nprobes;
	const struct pkw_services *services;
	char *const *argv;
	int64_t begun;  /* seconds since 1970 */
	int only_open, reasons, no_ports;
	struct pkw_scan_stats stats;
};

int found_host(struct found *f, const struct pkw_scan_host *h,
    const char *name);
int found_port(struct found *f, const struct pkw_scan_port *p);
void found_free(struct found *f);
/* By host and probe. */
void found_sort(struct found *f);

/* Whole reports. */
void scan_table(const struct found *f, struct pkw_str *s);
void scan_xml(const struct found *f, struct pkw_str *s);
void scan_greppable(const struct found *f, struct pkw_str *s);

/* One line each, as they are found. */
void scan_json_port(struct pkw_str *s, const struct pkw_scan_port *p);
void scan_json_host(struct pkw_str *s, const struct pkw_scan_host *h);
void scan_csv_port(struct pkw_str *s, const struct pkw_scan_port *p);
#define SCAN_CSV_HEAD "host,port,proto,state,reason,rtt\n"

#endif
