#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What tshark reads in link-layer frames that `pkw craft' builds and Scapy does not know.

    tshark_link.py [PKW]                 TAP; PKW is build/pkw unless given

Each row: LINKTYPE number, expression, and what tshark must say: field=value, a comma between several of one name.
The values are those of the expression, in tshark's words (numbers, mostly).
"""
import os
import struct
import subprocess
import sys
import tempfile

BPDU = 'Dot3(src="02:00:00:00:00:01",dst="01:80:c2:00:00:00")/LLC()/'
PVST = 'Dot3(src="02:00:00:00:00:01",dst="01:00:0c:cc:cc:cd")/LLC()/SNAP(OUI=0x0c,code=0x10b)/'
ETH = 'Ether(src="02:00:00:00:00:01",dst="02:00:00:00:00:02")/'
PPP = ETH + "PPPoE(sessionid=5)/PPP()/"
LLDP = ('Ether(src="02:00:00:00:00:01",dst="01:80:c2:00:00:0e")/LLDPDUChassisID(subtype=4,id="02:00:00:00:00:01")/'
        'LLDPDUPortID(subtype=5,id="eth0")/LLDPDUTimeToLive(ttl=120)/%s/LLDPDUEndOfLLDPDU()')
O1 = "LLDPDUOrgSpecific_IEEE8021_"
O3 = "LLDPDUOrgSpecific_IEEE8023_"
MED = "LLDPDUOrgSpecific_MED_"
IPS = 'IP(src="192.0.2.1",dst="198.51.100.2")/'

ROWS = [
    (1, BPDU + "STP_TCN()", "stp.type=0x80 eth.len=7"),
    (1, BPDU + 'RSTP(rootid=0x8005,rootmac="02:00:00:00:00:09",pathcost=20000,bridgeid=0x9001,'
     'bridgemac="02:00:00:00:00:08",portid=0x8002,age=2.5,role="root",forwarding=1,learning=1)',
     "stp.version=2 stp.type=0x02 stp.root.prio=32768 stp.root.ext=5 stp.root.hw=02:00:00:00:00:09 stp.root.cost=20000 "
     "stp.bridge.prio=36864 stp.port=0x8002 stp.msg_age=2.5 stp.flags.port_role=2 stp.flags.forwarding=1 "
     "stp.flags.learning=1 stp.flags.agreement=0 stp.flags.proposal=0 stp.version_1_length=0"),
    (1, BPDU + 'MSTP(region="core",revision=3,intcost=7,cistbridgeid=0x8000,cistbridgemac="02:00:00:00:00:07",hops=19,'
     'instances=[MSTI(rootid=0x8001,rootmac="02:00:00:00:00:06",pathcost=5,bridgeprio=0x70,portprio=0x90,hops=18),'
     'MSTI(rootid=0x8002)])',
     "stp.version=3 mstp.version_3_length=96 mstp.config_name=core mstp.config_revision_level=3 "
     "mstp.cist_internal_root_path_cost=7 mstp.cist_bridge.hw=02:00:00:00:00:07 mstp.cist_remaining_hops=19 "
     "mstp.msti.root.hw=02:00:00:00:00:06,00:00:00:00:00:00 mstp.msti.root_cost=5,0 mstp.msti.bridge_priority=7,8 "
     "mstp.msti.port_priority=9,8 mstp.msti.remaining_hops=18,20"),
    (1, PVST + "RSTP()/PVST(vlan=9)", "stp.version=2 stp.pvst.tlvtype=0x0000 stp.pvst.tlvlen=2 stp.pvst.origvlan=9"),
    (1, ETH + 'Dot1AD(vlan=3)/Dot1AH(isid=70000,prio=3,dei=1)/Ether(src="02:00:00:00:00:03",dst="02:00:00:00:00:04")/'
     + IPS + "UDP()", "ieee8021ah.isid=70000 ieee8021ah.priority=3 ieee8021ah.drop=1 ieee8021ah.cdst=02:00:00:00:00:04 "
     "ip.src=192.0.2.1"),
    (1, 'Ether(type=0x9100)/Dot1AD(vlan=9)/Dot1Q(vlan=10,prio=5)/ARP(psrc="10.0.0.1")',
     "vlan.id=9,10 vlan.priority=0,5 arp.src.proto_ipv4=10.0.0.1"),
    (1, ETH + "MPLS(label=100,cos=2,ttl=64)/MPLS(label=200,ttl=63)/" + IPS + "UDP()",
     "mpls.label=100,200 mpls.exp=2,0 mpls.bottom=0,1 mpls.ttl=64,63 ip.src=192.0.2.1"),
    (1, PPP + IPS + "UDP()", "pppoe.payload_length=30 ppp.protocol=0x0021 ip.src=192.0.2.1"),
    (1, PPP + "PPP_IPV6CP(id=7,options=[PPP_IPV6CP_Option_Interface_Id(interface_id=0x0211223344556677)])",
     "ppp.code=1 ppp.identifier=7 ppp.length=14 ipv6cp.interface_identifier=02:11:22:33:44:55:66:77"),
    (1, PPP + 'PPP_CCP(id=7,options=[PPP_CCP_Option(type=26,data=b"\\x78\\x00")])', "ccp.opt.type=26 ccp.opt.length=4"),
    (1, PPP + 'PPP_LCP_Configure(options=[PPP_LCP_Auth_Protocol_Option(auth_protocol=0xc223,algorithm="MS-CHAP-v2"),'
     "PPP_LCP_Quality_Protocol_Option(data=b\"\\0\\0\\0\\x64\")])",
     "lcp.opt.type=3,4 lcp.opt.length=5,8 lcp.opt.auth_protocol=0xc223 lcp.opt.algorithm=129 lcp.opt.quality_protocol=0xc025"),
    (50, "HDLC()/PPP()/" + IPS + "UDP()", "ppp.protocol=0x0021 ip.src=192.0.2.1"),
    (50, "HDLC()/PPP_()/" + IPS + "UDP()", "ppp.protocol=0x0021 ip.src=192.0.2.1"),
    (50, "CHDLC()/" + IPS + "UDP()", "chdlc.protocol=0x0800 ip.src=192.0.2.1"),
    (104, "CHDLC()/SLARP(mysequence=5,yoursequence=4)",
     "chdlc.address=0x8f chdlc.protocol=0x8035 slarp.ptype=2 slarp.mysequence=5 slarp.yoursequence=4"),
    (104, 'CHDLC()/SLARP(code=1,address="10.0.0.1",mask="255.255.255.0")', "slarp.ptype=1 slarp.address=10.0.0.1"),
    (0, "LoopbackBE(type=30)/IPv6()/UDP()", "null.family=30 ipv6.src=::1"),
    (108, "LoopbackBE()/" + IPS + "UDP()", "null.family=2 ip.src=192.0.2.1"),
    (204, "DIR_PPP(direction=1)/PPP()/" + IPS + "UDP()", "ppp.direction=0 ip.src=192.0.2.1"),
    (1, LLDP % 'LLDPDUManagementAddress(management_address_subtype=1,management_address="10.0.0.9",interface_number=3)',
     "lldp.mgn.addr.ip4=10.0.0.9 lldp.mgn.interface.number=3"),
    (1, LLDP % (O1 + "Port_VLAN_ID(pvid=5)/" + O1 + "Port_And_Protocol_VLAN_ID(ppvid_supported=1,ppvid=7)/" + O1 +
                'VLAN_Name(vlan_id=5,vlan_name="users")/' + O1 + 'Protocol_Identity(protocol_identity=b"\\x88\\xcc")'),
     "lldp.ieee.802_1.subtype=0x01,0x02,0x03,0x04 lldp.ieee.802_1.port_vlan.id=5 lldp.ieee.802_1.port_proto_vlan.id=7 "
     "lldp.ieee.802_1.port_and_vlan_id_flag.supported=1 lldp.ieee.802_1.port_and_vlan_id_flag.enabled=0 "
     "lldp.ieee.802_1.vlan.id=5 lldp.ieee.802_1.vlan.name=users lldp.ieee.802_1.proto.id=88cc"),
    (1, LLDP % (O1 + 'Link_Aggregation(aggregation_status="enabled",aggregated_port_id=3)/' + O1 +
                'Congestion_Notification(cnpv_indicators="prio1",ready_indicators="prio7")'),
     "lldp.ieee.802_1.aggregation_status.cap=0 lldp.ieee.802_1.aggregation_status.enabled=1 "
     "lldp.ieee.802_1.aggregated_port_id=3 lldp.ieee.802_1qau.cnpv.prio1=1 lldp.ieee.802_1qau.cnpv.prio0=0 "
     "lldp.ieee.802_1qau.ready.prio7=1"),
    (1, LLDP % (O1 + "ETS_Configuration(willing=1,cbs=1,max_tcs=3,prio3_tc=1,tc0_bw=60,tc1_bw=40,tc1_tsa=2)"),
     "lldp.dcbx.ieee.willing=1 lldp.dcbx.ieee.ets.cbs=1 lldp.dcbx.ieee.ets.maxtcs=3 lldp.dcbx.feature.pg.pgid_prio3=1 "
     "lldp.dcbx.feature.pg.per0=60 lldp.dcbx.feature.pg.per1=40 lldp.dcbx.ieee.ets.tsa1=2"),
    (1, LLDP % (O1 + 'PFC_Configuration(willing=1,pfc_cap=8,pfc_enable="prio3")/' + O1 +
                "Application_Priority(app_priority_table=[" + O1 + "AppPriority_Entry(priority=3,sel=1,protocol=0x8906)])"),
     "lldp.dcbx.ieee.willing=1 lldp.dcbx.ieee.pfc.numtcs=8 lldp.dcbx.feature.pfc.prio3=1 "
     "lldp.dcbx.ieee.app.prio=3 lldp.dcbx.iee.app.sf=1 lldp.dcbx.feature.app.proto=0x8906"),
    (1, LLDP % (O3 + 'MAC_PHY(autoneg="enabled",advertised="1000BASE-T-FD+100BASE-TX-FD",mau_type=30)/' + O3 +
                "Maximum_Frame_Size(max_frame_size=9216)/" + O3 + "EEE(tx_tw=17,rx_tw=18,echo_rx_tw=19)"),
     "lldp.ieee.802_3.mac_phy_auto_neg_status.supported=0 lldp.ieee.802_3.mac_phy_auto_neg_status.enabled=1 "
     "lldp.ieee.802_3.pmd_auto_neg_advertised_caps.1000base_tfd=1 lldp.ieee.802_3.pmd_auto_neg_advertised_caps.100base_txfd=1 "
     "lldp.ieee.802_3.pmd_auto_neg_advertised_caps.10base_t=0 lldp.ieee.802_3.pmd_mau_type=0x001e "
     "lldp.ieee.802_3.max_frame_size=9216 lldp.ieee.802_3.eee.transmit=17 lldp.ieee.802_3.eee.receive=18 "
     "lldp.ieee.802_3.eee.echo_receive=19"),
    (1, LLDP % (O3 + "Additional_Ethernet_Capabilities(add_frag_size=2,preemption_supported=1,preemption_enabled=1)"),
     "lldp.ieee.802_3br.aec.support=1 lldp.ieee.802_3br.aec.enable=1 lldp.ieee.802_3br.aec.active=0 "
     "lldp.ieee.802_3br.aec.addfragsize=2"),
    (1, LLDP % 'LLDPDUPowerViaMDI(MDI_power_support="port class PSE",PSE_power_pair=2,power_class=4)',
     "lldp.ieee.802_3.mdi_power_support.port_class=1 lldp.ieee.802_3.mdi_pse_pair=2 lldp.ieee.802_3.mdi_power_class=4"),
    (1, LLDP % ("LLDPDUPowerViaMDIType34(power_type_dir=0,power_source=2,power_prio=2,PD_requested_power=600,"
                "PD_requested_power_mode_A=11,PD_allocated_power_alt_B=12,PSE_powering_status=2,PD_powered_status=1,"
                "PD_power_pair_ext=3,dual_signature_class_mode_A=4,dual_signature_class_mode_B=5,power_class_ext=6,"
                'power_type_ext=1,PSE_max_available_power=900,autoclass="PSE autoclass support",power_down_time=77)'),
     "lldp.ieee.802_3.mdi_power_type=2 lldp.ieee.802_3.mdi_power_priority=2 lldp.ieee.802_3.bt_ds_pd_requested_power_value_mode_a=11 "
     "lldp.ieee.802_3.bt_ds_pse_allocated_power_value_alt_b=12 lldp.ieee.802_3.bt_pse_powering_status=2 "
     "lldp.ieee.802_3.bt_pd_powered_status=1 lldp.ieee.802_3.bt_pse_power_pairs_ext=3 lldp.ieee.802_3.bt_ds_pwr_class_ext_a=4 "
     "lldp.ieee.802_3.bt_ds_pwr_class_ext_b=5 lldp.ieee.802_3.bt_pwr_class_ext_=6 lldp.ieee.802_3.bt_power_type_ext=1 "
     "lldp.ieee.802_3.bt_pse_maximum_available_power_value=900 lldp.ieee.802_3.bt_pse_autoclass_support=1 "
     "lldp.ieee.802_3.bt_power_down_time=77"),
    (1, LLDP % (MED + 'Capabilities(capabilities="network policy+inventory",device_type=3)/' + MED +
                'Network_Policy(application="voice",tagged=1,vlan=100,prio=5,dscp=46)'),
     "lldp.media.subtype.caps=0x0022 lldp.media.subtype.class=3 lldp.media.app_type=1 lldp.media.policy_flag=0 "
     "lldp.media.tag_flag=1 lldp.media.vlan_id=100 lldp.media.l2_prio=5 lldp.media.dscp=46"),
    (1, LLDP % (MED + 'Location(format=2,location=MED_Civic(country="DE",elements=[MED_Civic_Element(type="city",'
                'value="Berlin")]))/' + MED + "Location(format=1,location=MED_Coordinates(latitude_resolution=34,"
                "altitude_type=1,altitude=30072,datum=1))"),
     "lldp.media.loc.data_format=2,1 lldp.media.civic.what=1 lldp.media.civic.country=DE lldp.media.civic.type=3 "
     "lldp.media.civic.value=Berlin lldp.media.loc.lat_resolution=34 lldp.media.loc.alt_type=1 "
     "lldp.media.loc.altitude=30072 lldp.media.loc.datum=1"),
    (1, LLDP % (MED + 'Location(format=3,location=MED_ELIN(elin="4930123456789"))/' + MED +
                'Serial_Number(serial_number="S123")/' + MED + 'Manufacturer_Name(manufacturer_name="ACME")/' + MED +
                "Extended_Power_Via_MDI(power_type=1,power_source=1,power_prio=2,power=65)"),
     "lldp.media.ecs=4930123456789 lldp.media.sn=S123 lldp.media.manufacturer=ACME lldp.media.power.type=1 "
     "lldp.media.power.prio=2 lldp.media.power.value=65"),
]
PREFS = []


def craft(pkw, expr):
    r = subprocess.run([pkw, "craft", expr, "--hex"], capture_output=True, text=True)
    if r.returncode:
        return None, r.stderr.strip()
    return bytes.fromhex(r.stdout.strip()), ""


def tshark(link, frame, fields):
    with tempfile.NamedTemporaryFile(suffix=".pcap") as f:
        f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, link))
        f.write(struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame)
        f.flush()
        args = [x for k in fields for x in ("-e", k)]
        args += [x for k in PREFS for x in ("-o", k)]
        r = subprocess.run(["tshark", "-r", f.name, "-T", "fields", "-E", "separator=|"] + args, capture_output=True, text=True)
    return dict(zip(fields, r.stdout.rstrip("\n").split("|"))), r.stderr


def main():
    pkw = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "../../build/pkw")
    failed = 0
    print("1..%d" % len(ROWS))
    for n, (link, expr, facts) in enumerate(ROWS, 1):
        want = dict(w.split("=", 1) for w in facts.split())
        frame, why = craft(pkw, expr)
        got, err = tshark(link, frame, list(want)) if frame else ({}, "")
        wrong = ["%s is %s, wanted %s" % (k, got.get(k), v) for k, v in want.items() if got.get(k) != v]
        print("%sok %d - %s" % ("not " if wrong else "", n, expr.replace("#", " ")))
        for w in wrong if frame else [why]:
            print("# " + w) if wrong else None
        if wrong and "aren't valid" in err:
            print("# " + " ".join(err.split()))
        failed += bool(wrong)
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
