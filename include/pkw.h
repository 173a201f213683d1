/* SPDX-License-Identifier: BSD-2-Clause */
/* All of Packetwright. */
#ifndef PKW_H
#define PKW_H

/*
 * Where to begin:
 *
 *   pkw/pkt.h       packets: dissect, read fields; pkw/build.h: build, change
 *   pkw/text.h      packets from and to text, paths, edits
 *   pkw/show.h      trees, lines, JSON, CSV, hexdumps; ls and doc
 *   pkw/format.h    fields put into a text, as Scapy's sprintf
 *   pkw/picture.h   packets drawn: SVG, PDF
 *   pkw/tmpl.h      one packet standing for many
 *   pkw/capture.h   capture files: pcap, pcapng
 *   pkw/defrag.h    IP fragments: cut up, put together
 *   pkw/stream.h    TCP streams, in order
 *   pkw/net.h       interfaces, routes, neighbours; links that carry frames
 *   pkw/exchange.h  send, ask and match answers, sniff
 *   pkw/scan.h      hosts and ports: who is there, what listens
 *   pkw/proto.h     protocol tables, for protocols of your own, which are
 *                   written with <pkw/rows.h>; it is not included here, since
 *                   its macros have short names
 *
 * Compile and link with what `pkg-config pkw' says.
 */

#include <pkw/build.h>
#include <pkw/capture.h>
#include <pkw/defrag.h>
#include <pkw/dns.h>
#include <pkw/error.h>
#include <pkw/exchange.h>
#include <pkw/format.h>
#include <pkw/frame.h>
#include <pkw/net.h>
#include <pkw/picture.h>
#include <pkw/pkt.h>
#include <pkw/proto.h>
#include <pkw/scan.h>
#include <pkw/show.h>
#include <pkw/stream.h>
#include <pkw/str.h>
#include <pkw/tally.h>
#include <pkw/text.h>
#include <pkw/tmpl.h>
#include <pkw/trace.h>

#endif
