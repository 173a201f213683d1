// SPDX-License-Identifier: BSD-2-Clause
// gopacket_bench WORKLOAD FILE [OUT|SIZE] - read (DecodingLayerParser, pcapgo), mem, lazy (NewPacket Lazy+NoCopy), eager, build-reuse, edit, text
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

var cpu0 time.Duration
var wall0 time.Time

func cpu() time.Duration {
	var ru syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &ru)
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
}
func start() { cpu0 = cpu(); wall0 = time.Now() }
func stop(w string, n, s uint64) {
	c, wl := cpu()-cpu0, time.Since(wall0)
	hwm := 0
	st, _ := os.ReadFile("/proc/self/status")
	for _, l := range strings.Split(string(st), "\n") {
		fmt.Sscanf(l, "VmHWM: %d", &hwm)
	}
	fmt.Printf("RESULT gopacket %s %d %.6f %.6f %d %016x\n", w, n, c.Seconds(), wl.Seconds(), hwm, s)
}
func sum(b []byte) (s uint64) {
	for i := 0; i+4 <= len(b); i += 4 {
		s += uint64(binary.BigEndian.Uint32(b[i:]))
	}
	return
}
func fl(t *layers.TCP) (f uint64) {
	for i, b := range []bool{t.FIN, t.SYN, t.RST, t.PSH, t.ACK, t.URG, t.ECE, t.CWR} {
		if b {
			f |= 1 << i
		}
	}
	return
}

type dec struct {
	eth, eth2 layers.Ethernet
	vl        layers.Dot1Q
	arp       layers.ARP
	ip4       layers.IPv4
	ip6       layers.IPv6
	hbh       layers.IPv6ExtensionSkipper
	tcp       layers.TCP
	udp       layers.UDP
	ic4       layers.ICMPv4
	ic6       layers.ICMPv6
	dns       layers.DNS
	vx        layers.VXLAN
	pl        gopacket.Payload
	ls        []gopacket.LayerType
}

// stop at VXLAN and at DNS unless full: the "touch" workload is L2-L4
func mk(d *dec, full bool) *gopacket.DecodingLayerParser {
	p := gopacket.NewDecodingLayerParser(layers.LayerTypeEthernet, &d.eth, &d.vl, &d.arp, &d.ip4, &d.ip6, &d.hbh, &d.tcp, &d.udp, &d.ic4, &d.ic6, &d.pl)
	if full {
		p.AddDecodingLayer(&d.dns)
	}
	p.IgnoreUnsupported = true
	return p
}
func (d *dec) touch() (s uint64) {
	ip := false
	for _, t := range d.ls {
		switch t {
		case layers.LayerTypeIPv4:
			if ip {
				return
			}
			ip = true
			s += uint64(binary.BigEndian.Uint32(d.ip4.SrcIP)) + uint64(binary.BigEndian.Uint32(d.ip4.DstIP)) + uint64(d.ip4.TTL)
		case layers.LayerTypeIPv6:
			ip = true
			s += sum(d.ip6.SrcIP) + sum(d.ip6.DstIP) + uint64(d.ip6.HopLimit)
		case layers.LayerTypeTCP:
			s += uint64(d.tcp.SrcPort) + uint64(d.tcp.DstPort) + fl(&d.tcp)
		case layers.LayerTypeUDP:
			s += uint64(d.udp.SrcPort) + uint64(d.udp.DstPort)
		case layers.LayerTypeDNS:
			s += uint64(d.dns.ID)
			for i := range d.dns.Questions {
				s += uint64(len(d.dns.Questions[i].Name))
			}
			for i := range d.dns.Answers {
				s += uint64(len(d.dns.Answers[i].Name))
			}
		}
	}
	return
}
func touchPacket(p gopacket.Packet) (s uint64) {
	if n := p.NetworkLayer(); n != nil {
		switch x := n.(type) {
		case *layers.IPv4:
			s = uint64(binary.BigEndian.Uint32(x.SrcIP)) + uint64(binary.BigEndian.Uint32(x.DstIP)) + uint64(x.TTL)
		case *layers.IPv6:
			s = sum(x.SrcIP) + sum(x.DstIP) + uint64(x.HopLimit)
		}
	} else {
		return
	}
	if t := p.TransportLayer(); t != nil {
		switch x := t.(type) {
		case *layers.TCP:
			s += uint64(x.SrcPort) + uint64(x.DstPort) + fl(x)
		case *layers.UDP:
			s += uint64(x.SrcPort) + uint64(x.DstPort)
		}
	}
	return
}
func open(f string) *pcapgo.Reader {
	h, err := os.Open(f)
	if err != nil {
		panic(err)
	}
	r, err := pcapgo.NewReader(bufio.NewReaderSize(h, 1<<18))
	if err != nil {
		panic(err)
	}
	return r
}
func main() {
	runtime.GOMAXPROCS(1)
	w, file := os.Args[1], os.Args[2]
	var n, s uint64
	var d dec
	switch w {
	case "read", "readfull":
		start()
		p, r := mk(&d, w == "readfull"), open(file)
		for {
			b, _, err := r.ZeroCopyReadPacketData()
			if err == io.EOF {
				break
			}
			p.DecodeLayers(b, &d.ls)
			s += d.touch()
			n++
		}
	case "mem", "full", "hot":
		b, _ := os.ReadFile(file)
		rep := 1
		if w == "hot" { // the first MiB again and again
			kb := 1024
			if e, err := strconv.Atoi(os.Getenv("HOTKB")); err == nil {
				kb = e
			}
			rep = 300 * 1024 / kb
			if len(b) > kb<<10 {
				b = b[:kb<<10]
			}
		}
		start()
		p := mk(&d, w == "full")
		for ; rep > 0; rep-- {
			for o := 24; o+16 <= len(b); {
				c := int(binary.LittleEndian.Uint32(b[o+8:]))
				if o+16+c > len(b) {
					break
				}
				p.DecodeLayers(b[o+16:o+16+c], &d.ls)
				s += d.touch()
				n++
				o += 16 + c
			}
		}
	case "lazy", "eager":
		b, _ := os.ReadFile(file)
		start()
		for o := 24; o+16 <= len(b); {
			c := int(binary.LittleEndian.Uint32(b[o+8:]))
			s += touchPacket(gopacket.NewPacket(b[o+16:o+16+c], layers.LayerTypeEthernet, gopacket.DecodeOptions{Lazy: w == "lazy", NoCopy: true}))
			n++
			o += 16 + c
		}
	case "text":
		start()
		r := open(file)
		for {
			b, ci, err := r.ZeroCopyReadPacketData()
			if err == io.EOF {
				break
			}
			p := gopacket.NewPacket(b, layers.LayerTypeEthernet, gopacket.DecodeOptions{NoCopy: true})
			p.Metadata().CaptureInfo = ci
			s += uint64(len(p.String()))
			n++
		}
	case "build-reuse":
		size, _ := strconv.Atoi(file)
		pl := make([]byte, 0)
		for i := 66; i < size; i++ {
			pl = append(pl, byte(i-66))
		}
		w += strconv.Itoa(66 + len(pl))
		start()
		buf := gopacket.NewSerializeBuffer()
		opt := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
		eth := layers.Ethernet{DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 2}, EthernetType: layers.EthernetTypeIPv4}
		ip := layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: net.IP{10, 0, 0, 1}, DstIP: net.IP{192, 168, 0, 0}}
		tcp := layers.TCP{DstPort: 80, PSH: true, ACK: true, Window: 8192, Options: []layers.TCPOption{{OptionType: 1, OptionLength: 1}, {OptionType: 1, OptionLength: 1}, {OptionType: 8, OptionLength: 10, OptionData: []byte{0, 1, 2, 3, 4, 5, 6, 7}}}}
		tcp.SetNetworkLayerForChecksum(&ip)
		for i := uint32(0); i < 1000000; i++ {
			ip.Id = uint16(i)
			ip.DstIP[2], ip.DstIP[3] = byte(i>>8), byte(i)
			tcp.SrcPort = layers.TCPPort(1024 + (i & 0x7fff))
			tcp.Seq = i * 7
			if err := gopacket.SerializeLayers(buf, opt, &eth, &ip, &tcp, gopacket.Payload(pl)); err != nil {
				panic(err)
			}
			b := buf.Bytes()
			s += uint64(binary.BigEndian.Uint16(b[24:])) + uint64(binary.BigEndian.Uint16(b[50:]))
		}
		n = 1000000
	}
	stop(w, n, s)
}
