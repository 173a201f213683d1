/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of link types, as https://www.tcpdump.org/linktypes.html has them,
 * without LINKTYPE_.  Sorted by number.
 */
#include <pkw/show.h>

#include <strings.h>

static const struct {
	uint16_t number;
	const char *name;
} links[] = {
	{ 0, "NULL" },
	{ 1, "ETHERNET" },
	{ 3, "AX25" },
	{ 6, "IEEE802_5" },
	{ 7, "ARCNET_BSD" },
	{ 8, "SLIP" },
	{ 9, "PPP" },
	{ 10, "FDDI" },
	{ 50, "PPP_HDLC" },
	{ 51, "PPP_ETHER" },
	{ 100, "ATM_RFC1483" },
	{ 101, "RAW" },
	{ 104, "C_HDLC" },
	{ 105, "IEEE802_11" },
	{ 107, "FRELAY" },
	{ 108, "LOOP" },
	{ 113, "LINUX_SLL" },
	{ 114, "LTALK" },
	{ 117, "PFLOG" },
	{ 119, "IEEE802_11_PRISM" },
	{ 122, "IP_OVER_FC" },
	{ 123, "SUNATM" },
	{ 127, "IEEE802_11_RADIOTAP" },
	{ 138, "APPLE_IP_OVER_IEEE1394" },
	{ 139, "MTP2_WITH_PHDR" },
	{ 140, "MTP2" },
	{ 141, "MTP3" },
	{ 142, "SCCP" },
	{ 143, "DOCSIS" },
	{ 144, "LINUX_IRDA" },
	{ 163, "IEEE802_11_AVS" },
	{ 165, "BACNET_MS_TP" },
	{ 166, "PPP_PPPD" },
	{ 169, "GPRS_LLC" },
	{ 177, "LINUX_LAPD" },
	{ 187, "BLUETOOTH_HCI_H4" },
	{ 189, "USB_LINUX" },
	{ 192, "PPI" },
	{ 195, "IEEE802_15_4_WITHFCS" },
	{ 201, "BLUETOOTH_HCI_H4_WITH_PHDR" },
	{ 204, "PPP_WITH_DIR" },
	{ 220, "USB_LINUX_MMAPPED" },
	{ 224, "FC_2" },
	{ 226, "IPNET" },
	{ 227, "CAN_SOCKETCAN" },
	{ 228, "IPV4" },
	{ 229, "IPV6" },
	{ 230, "IEEE802_15_4_NOFCS" },
	{ 231, "DBUS" },
	{ 239, "NFLOG" },
	{ 240, "NETANALYZER" },
	{ 247, "INFINIBAND" },
	{ 248, "SCTP" },
	{ 249, "USBPCAP" },
	{ 251, "BLUETOOTH_LE_LL" },
	{ 253, "NETLINK" },
	{ 254, "BLUETOOTH_LINUX_MONITOR" },
	{ 256, "BLUETOOTH_LE_LL_WITH_PHDR" },
	{ 258, "PKTAP" },
	{ 272, "NORDIC_BLE" },
	{ 271, "VSOCK" },
	{ 273, "DOCSIS31_XRA31" },
	{ 274, "ETHERNET_MPACKET" },
	{ 276, "LINUX_SLL2" },
	{ 283, "IEEE802_15_4_TAP" },
};

enum { NLINKS = sizeof links / sizeof *links };

const char *pkw_link_name(unsigned linktype)
{
	for (unsigned i = 0; i < NLINKS; i++)
		if (links[i].number == linktype)
			return links[i].name;
	return NULL;
}

int pkw_link_number(const char *name)
{
	for (unsigned i = 0; i < NLINKS; i++)
		if (strcasecmp(links[i].name, name) == 0)
			return links[i].number;
	return -PKW_ENOENT;
}
