#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What tshark reads in network-layer packets that `pkw craft' builds.

    tshark_network.py [PKW]              TAP; PKW is build/pkw unless given

Rows as in tshark_link.py.  Most are of what Scapy lacks or has wrong, and so cannot be compared with it.
"""
import sys

import tshark_link

IP = 'IP(src="192.0.2.1",dst="198.51.100.2")/'
V6 = 'IPv6(src="2001:db8::1",dst="2001:db8::2")/'
RA = 'IPv6(src="fe80::1")/ICMPv6ND_RA()/'
QUOTE = 'IPerror(src="192.0.2.9",dst="203.0.113.9",ttl=1)/UDPerror(sport=40000,dport=33434)/Raw(load=b"%s")/' % ("\\x00" * 100)

ROWS = [
    (228, IP + "IP(src=\"10.0.0.1\",dst=\"10.0.0.2\",ttl=9)/ICMP(id=5,seq=6)", "ip.proto=4,1 ip.ttl=64,9 icmp.checksum.status=1 icmp.ident=5"),
    (228, IP + V6 + "UDP()", "ip.proto=41 ipv6.nxt=17 ipv6.src=2001:db8::1"),
    (229, V6 + IP + "UDP()", "ipv6.nxt=4 ip.src=192.0.2.1 udp.checksum.status=1"),
    (228, IP[:-2] + ',options=[IPOption_Timestamp(flg=0,pointer=13,timestamp=7,stamps=[8,9])])/"x"',
     "ip.hdr_len=36 ip.opt.len=16 ip.opt.ptr=13 ip.opt.time_stamp=7,8,9"),
    (228, IP[:-2] + ',options=[IPOption_Timestamp(flg=1,pointer=13,internet_address="10.0.0.1",timestamp=7,'
     'hops=[IPOption_Timestamp_Hop(internet_address="10.0.0.2",timestamp=8)])])/"x"',
     "ip.opt.len=20 ip.opt.time_stamp=7,8 ip.opt.time_stamp_addr=10.0.0.1,10.0.0.2"),
    (228, IP[:-2] + ',options=[IPOption_LSRR(routers=["10.0.0.1","10.0.0.2"])])/UDP()/"x"', "ip.dst=10.0.0.2 udp.checksum.status=1"),
    (228, IP + 'AH(spi=0x101,seq=7,icv=b"123456789012")/UDP()', "ah.next_header=17 ah.length=4 ah.spi=0x00000101 ah.sequence=7 udp.checksum.status=1"),
    (229, V6 + 'AH(spi=0x101,icv=b"123456789012")/TCP()', "ah.next_header=6 tcp.checksum.status=1"),
    (228, IP + 'ESP(spi=0x102,seq=8,data=b"1234567890123456")', "ip.proto=50 esp.spi=0x00000102 esp.sequence=8"),
    (228, IP + "ICMP(type=11)/" + QUOTE + "ICMPExtensionHeader()/ICMPExtensionMPLS(stack=[MPLS(label=100,s=0,ttl=2),MPLS(label=101,ttl=1)])/"
     'ICMPExtensionInterfaceInformation(interface_role=2,has_ifindex=1,has_ipaddr=1,has_ifname=1,has_mtu=1,ifindex=3,ip4="10.0.0.1",'
     'ifname="eth0",mtu=1500)', "icmp.checksum.status=1 icmp.length=32 icmp.ext.version=2 icmp.ext.checksum.status=1 icmp.ext.class=1,2 "
     "icmp.ext.length=12,28 icmp.mpls.label=100,101 icmp.mpls.ttl=2,1 icmp.int_info.index=3 icmp.int_info.ipv4=10.0.0.1 "
     "icmp.int_info.name=eth0 icmp.int_info.mtu=1500 icmp.int_info.role=2"),
    (229, V6 + "ICMPv6TimeExceeded()/IPerror6()/UDPerror()/Raw(load=b\"%s\")/" % ("\\x00" * 80) +
     "ICMPExtensionHeader()/ICMPExtensionMPLS(stack=[MPLS(label=100,ttl=2)])",
     "icmpv6.checksum.status=1 icmpv6.length=16 icmp.ext.checksum.status=1 icmp.mpls.label=100"),
    (229, V6 + 'IPv6ExtHdrHopByHop(options=[RouterAlert(value=1),Jumbo(jumboplen=70000)])/IPv6ExtHdrDestOpt(options=[HAO(hoa="2001:db8::9")])'
     "/UDP()", "ipv6.hopopts.nxt=60 ipv6.opt.router_alert=1 ipv6.opt.jumbo=70000 ipv6.dstopts.nxt=17 ipv6.opt.mipv6.home_address=2001:db8::9 "
     "ipv6.opt.type=0x05,0xc2,0x01,0x01,0xc9 udp.checksum.status=1"),
    (229, V6 + 'IPv6ExtHdrRouting(addresses=["2001:db8::3","2001:db8::4"])/UDP()',
     "ipv6.routing.len=4 ipv6.routing.segleft=2 ipv6.routing.src.addr=2001:db8::3,2001:db8::4 udp.checksum.status=1"),
    (229, V6 + 'IPv6ExtHdrRouting(type=2,addresses=["2001:db8::3"])/UDP()', "ipv6.routing.type=2 ipv6.routing.mipv6.home_address=2001:db8::3 "
     "udp.checksum.status=1"),
    (229, V6 + 'IPv6ExtHdrSegmentRouting(addresses=["2001:db8::3","2001:db8::2"],tag=9,tlv_objects=[IPv6ExtHdrSegmentRoutingTLVHMAC('
     'hmackeyid=5,hmac=b"%s")])/UDP()' % ("\\x5a" * 32), "ipv6.routing.len=9 ipv6.routing.segleft=1 ipv6.routing.srh.last_entry=1 "
     "ipv6.routing.srh.tag=0009 ipv6.routing.srh.addr=2001:db8::3,2001:db8::2 udp.checksum.status=1"),
    (229, V6 + 'IPv6ExtHdrFragment(offset=0,m=1,id=77)/UDP()/"12345678"', "ipv6.fraghdr.ident=0x0000004d ipv6.fraghdr.more=1 ipv6.fraghdr.nxt=17"),
    (229, 'IPv6(src="fe80::1")/ICMPv6MLReport2(records=[ICMPv6MLDMultAddrRec(rtype=4,dst="ff05::1",sources=["2001:db8::1","2001:db8::2"],'
     'auxdata=b"abcdefgh"),ICMPv6MLDMultAddrRec(rtype=2,dst="ff05::2")])',
     "ipv6.hlim=1 ipv6.dst=ff02::16 icmpv6.checksum.status=1 icmpv6.mldr.nb_mcast_records=2 icmpv6.mldr.mar.record_type=4,2 "
     "icmpv6.mldr.mar.aux_data_len=2,0 icmpv6.mldr.mar.nb_sources=2,0 icmpv6.mldr.mar.multicast_address=ff05::1,ff05::2"),
    (229, 'IPv6(src="fe80::1")/ICMPv6MLQuery2(sources=["2001:db8::1"],S=1,QRV=2,QQIC=125)',
     "icmpv6.type=130 icmpv6.mld.flag.s=1 icmpv6.mld.flag.qrv=2 icmpv6.mld.qqi=125 icmpv6.mld.nb_sources=1 icmpv6.mld.source_address=2001:db8::1"),
    (229, RA + 'ICMPv6NDOptPREF64(scaledlifetime=225,plc="/96",prefix="64:ff9b::")/ICMPv6NDOptCaptivePortal(URI="https://x.example/")/'
     'ICMPv6NDOptNonce(nonce=b"123456")', "ipv6.hlim=255 ipv6.dst=ff02::1 icmpv6.checksum.status=1 icmpv6.opt.type=38,37,14 "
     "icmpv6.opt.pref64.plc=0x0000 icmpv6.opt.pref64.prefix=64:ff9b:: icmpv6.opt.captive_portal=https://x.example/ icmpv6.opt.nonce=313233343536"),
    (229, RA + 'ICMPv6NDOptRouteInfo(len=2,plen=48,prf="High",prefix="2001:db8:5::")/ICMPv6NDOptDNSSL(searchlist=["a.example","b.example"])',
     "icmpv6.opt.length=2,4 icmpv6.opt.prefix=2001:db8:5:: icmpv6.opt.route_info.flag.route_preference=1 icmpv6.opt.dnssl=a.example,b.example"),
    (229, 'IPv6(src="fe80::1")/ICMPv6ND_Redirect(tgt="fe80::2",dst="2001:db8::9")/ICMPv6NDOptRedirectedHdr(pkt=' + V6 + "UDP())",
     "icmpv6.nd.rd.target_address=fe80::2 icmpv6.rd.na.destination_address=2001:db8::9 icmpv6.opt.length=7 ipv6.src=fe80::1,2001:db8::1"),
    (229, V6 + 'ICMPv6NIQueryName(data="host.example")', "icmpv6.code=1 icmpv6.ni.qtype=2 icmpv6.checksum.status=1 icmpv6.ni.query.subject_fqdn=host.example"),
    (229, V6 + 'ICMPv6NIReplyIPv4(data=[(5,"10.0.0.1")])', "icmpv6.ni.qtype=4 icmpv6.ni.reply.node_ttl=5 "
     "icmpv6.ni.reply.ipv4_address=10.0.0.1"),
    (228, IP + 'IGMP(type=0x16,mrcode=0,gaddr="239.1.2.3")', "ip.ttl=1 igmp.version=2 igmp.type=0x16 igmp.maddr=239.1.2.3 igmp.checksum.status=1"),
    (228, 'IP(src="192.0.2.1")/IGMPv3()/IGMPv3mr(records=[IGMPv3gr(rtype=4,maddr="239.1.2.3",srcaddrs=["10.0.0.1"],auxdata=b"abcd"),'
     'IGMPv3gr(rtype=2,maddr="239.1.2.4")])', "ip.dst=224.0.0.22 ip.dsfield=0xc0 igmp.version=3 igmp.checksum.status=1 igmp.num_grp_recs=2 "
     "igmp.record_type=4,2 igmp.aux_data_len=1,0 igmp.maddr=239.1.2.3,239.1.2.4 igmp.saddr=10.0.0.1"),
    (228, 'IP(src="192.0.2.1",dst="224.0.0.1")/IGMPv3()/IGMPv3mq(qqic=125,qrv=2,s=1,srcaddrs=["10.0.0.1","10.0.0.2"])',
     "igmp.type=0x11 igmp.version=3 igmp.s=1 igmp.qrv=2 igmp.qqic=125 igmp.num_src=2 igmp.saddr=10.0.0.1,10.0.0.2 igmp.checksum.status=1"),
    (228, IP + 'ICMP(type="redirect",code=1,gw="10.0.0.254")/' + QUOTE[:-1], "icmp.type=5 icmp.code=1 icmp.redir_gw=10.0.0.254 ip.src=192.0.2.1,192.0.2.9"),
    (228, IP + 'ICMP(type="parameter-problem",ptr=20)/' + QUOTE[:-1], "icmp.type=12 icmp.pointer=20 udp.srcport=40000"),
    (228, IP + 'ICMP(type="address-mask-reply",id=3,seq=4,addr_mask="255.255.255.0")', "icmp.address_mask=255.255.255.0 icmp.checksum.status=1"),
]
tshark_link.ROWS = ROWS
tshark_link.PREFS = ["udp.check_checksum:TRUE", "tcp.check_checksum:TRUE"]

if __name__ == "__main__":
    sys.exit(tshark_link.main())
