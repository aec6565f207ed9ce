#include "config.h"

#include <string.h>

#include "test.h"

#define ADDRESSES "020000000001 020000000002 020000000003 1002 "
#define LLC "aaaa03 000000 88b5 "
#define RADIOTAP "0000 0800 00000000 "

enum { LINKTYPE_RADIOTAP = 127, LINKTYPE_IEEE802_11 = 105, LINKTYPE_PKTAP = 258 };

/* What stands behind the mark in the nodes of a frame. */
static const struct {
    const char *name;
    uint32_t link_type;
    const char *frame, *from, *nodes;
} cases[] = {
    { "to the access point", LINKTYPE_IEEE802_11, "0801 2c00 " ADDRESSES LLC "'x'", "wlan ",
      "wlan wlan.fc.type_subtype=0x0020 wlan.fc=0x0801 wlan.fc.version=0 wlan.fc.type=2 wlan.fc.subtype=0 wlan.flags=0x01 "
      "wlan.fc.ds=0x01 wlan.fc.tods=1 wlan.fc.fromds=0 wlan.fc.frag=0 wlan.fc.retry=0 wlan.fc.pwrmgt=0 wlan.fc.moredata=0 "
      "wlan.fc.protected=0 wlan.fc.order=0 wlan.duration=44 wlan.ra=02:00:00:00:00:01 wlan.ra_resolved=02:00:00:00:00:01 "
      "wlan.addr=02:00:00:00:00:01 wlan.addr_resolved=02:00:00:00:00:01 wlan.ta=02:00:00:00:00:02 "
      "wlan.ta_resolved=02:00:00:00:00:02 wlan.addr=02:00:00:00:00:02 wlan.addr_resolved=02:00:00:00:00:02 "
      "wlan.da=02:00:00:00:00:03 wlan.da_resolved=02:00:00:00:00:03 wlan.sa=02:00:00:00:00:02 "
      "wlan.sa_resolved=02:00:00:00:00:02 wlan.bssid=02:00:00:00:00:01 wlan.bssid_resolved=02:00:00:00:00:01 "
      "wlan.staa=02:00:00:00:00:02 wlan.staa_resolved=02:00:00:00:00:02 wlan.frag=0 wlan.seq=33 wlan.addr=02:00:00:00:00:03 "
      "wlan.addr_resolved=02:00:00:00:00:03 | llc llc.dsap=0xaa llc.dsap.sap=0x55 llc.dsap.ig=0 llc.ssap=0xaa "
      "llc.ssap.sap=0x55 llc.ssap.cr=0 llc.control=0x0003 llc.control.u_modifier_cmd=0x00 llc.control.ftype=0x03 llc.oui=0 "
      "llc.type=0x88b5 | data data.data=78 data.len=1" },
    { "from the access point, QoS", LINKTYPE_IEEE802_11, "8802 2c00 " ADDRESSES "1602" LLC "'x'", "wlan ",
      "wlan wlan.fc.type_subtype=0x0028 wlan.fc=0x8802 wlan.fc.version=0 wlan.fc.type=2 wlan.fc.subtype=8 wlan.flags=0x02 "
      "wlan.fc.ds=0x02 wlan.fc.tods=0 wlan.fc.fromds=1 wlan.fc.frag=0 wlan.fc.retry=0 wlan.fc.pwrmgt=0 wlan.fc.moredata=0 "
      "wlan.fc.protected=0 wlan.fc.order=0 wlan.duration=44 wlan.ra=02:00:00:00:00:01 wlan.ra_resolved=02:00:00:00:00:01 "
      "wlan.addr=02:00:00:00:00:01 wlan.addr_resolved=02:00:00:00:00:01 wlan.ta=02:00:00:00:00:02 "
      "wlan.ta_resolved=02:00:00:00:00:02 wlan.addr=02:00:00:00:00:02 wlan.addr_resolved=02:00:00:00:00:02 "
      "wlan.da=02:00:00:00:00:01 wlan.da_resolved=02:00:00:00:00:01 wlan.sa=02:00:00:00:00:03 "
      "wlan.sa_resolved=02:00:00:00:00:03 wlan.bssid=02:00:00:00:00:02 wlan.bssid_resolved=02:00:00:00:00:02 "
      "wlan.staa=02:00:00:00:00:01 wlan.staa_resolved=02:00:00:00:00:01 wlan.frag=0 wlan.seq=33 wlan.addr=02:00:00:00:00:03 "
      "wlan.addr_resolved=02:00:00:00:00:03 wlan.qos=0x0216 wlan.qos.tid=6 wlan.qos.priority=6 wlan.qos.eosp=1 "
      "wlan.qos.ack=0x0000 wlan.qos.amsdupresent=0 wlan.qos.ps_buf_state=0x0002 wlan.qos.buf_state_indicated=1 "
      "wlan.qos.highest_pri_buf_ac=0 wlan.qos.qap_buf_load=0 | llc llc.dsap=0xaa llc.dsap.sap=0x55 llc.dsap.ig=0 "
      "llc.ssap=0xaa llc.ssap.sap=0x55 llc.ssap.cr=0 llc.control=0x0003 llc.control.u_modifier_cmd=0x00 "
      "llc.control.ftype=0x03 llc.oui=0 llc.type=0x88b5 | data data.data=78 data.len=1" },
    { "four addresses", LINKTYPE_IEEE802_11, "0803 2c00 " ADDRESSES "020000000004" LLC "'x'", "wlan.ra",
      "wlan.ra=02:00:00:00:00:01 wlan.ra_resolved=02:00:00:00:00:01 wlan.addr=02:00:00:00:00:01 "
      "wlan.addr_resolved=02:00:00:00:00:01 wlan.ta=02:00:00:00:00:02 wlan.ta_resolved=02:00:00:00:00:02 "
      "wlan.addr=02:00:00:00:00:02 wlan.addr_resolved=02:00:00:00:00:02 wlan.da=02:00:00:00:00:03 "
      "wlan.da_resolved=02:00:00:00:00:03 wlan.sa=02:00:00:00:00:04 wlan.sa_resolved=02:00:00:00:00:04 wlan.frag=0 "
      "wlan.seq=33 wlan.addr=02:00:00:00:00:03 wlan.addr_resolved=02:00:00:00:00:03 wlan.addr=02:00:00:00:00:04 "
      "wlan.addr_resolved=02:00:00:00:00:04 | llc llc.dsap=0xaa llc.dsap.sap=0x55 llc.dsap.ig=0 llc.ssap=0xaa "
      "llc.ssap.sap=0x55 llc.ssap.cr=0 llc.control=0x0003 llc.control.u_modifier_cmd=0x00 llc.control.ftype=0x03 llc.oui=0 "
      "llc.type=0x88b5 | data data.data=78 data.len=1" },
    { "no data", LINKTYPE_IEEE802_11, "4800 2c00 " ADDRESSES, "wlan.ra",
      "wlan.ra=02:00:00:00:00:01 wlan.ra_resolved=02:00:00:00:00:01 wlan.addr=02:00:00:00:00:01 "
      "wlan.addr_resolved=02:00:00:00:00:01 wlan.ta=02:00:00:00:00:02 wlan.ta_resolved=02:00:00:00:00:02 "
      "wlan.addr=02:00:00:00:00:02 wlan.addr_resolved=02:00:00:00:00:02 wlan.da=02:00:00:00:00:01 "
      "wlan.da_resolved=02:00:00:00:00:01 wlan.sa=02:00:00:00:00:02 wlan.sa_resolved=02:00:00:00:00:02 "
      "wlan.bssid=02:00:00:00:00:03 wlan.bssid_resolved=02:00:00:00:00:03 wlan.frag=0 wlan.seq=33 wlan.addr=02:00:00:00:00:03 "
      "wlan.addr_resolved=02:00:00:00:00:03" },
    { "HT control", LINKTYPE_IEEE802_11, "8881 2c00 " ADDRESSES "16ff 01020304" LLC "'x'", "wlan.frag",
      "wlan.frag=0 wlan.seq=33 wlan.addr=02:00:00:00:00:03 wlan.addr_resolved=02:00:00:00:00:03 wlan.qos=0xff16 "
      "wlan.qos.tid=6 wlan.qos.priority=6 wlan.qos.bit4=1 wlan.qos.ack=0x0000 wlan.qos.amsdupresent=0 wlan.qos.queue_size=255 "
      "wlan.htc=0x04030201 | llc llc.dsap=0xaa llc.dsap.sap=0x55 llc.dsap.ig=0 llc.ssap=0xaa llc.ssap.sap=0x55 llc.ssap.cr=0 "
      "llc.control=0x0003 llc.control.u_modifier_cmd=0x00 llc.control.ftype=0x03 llc.oui=0 llc.type=0x88b5 | data "
      "data.data=78 data.len=1" },
    { "aggregate", LINKTYPE_IEEE802_11,
      "8801 2c00 " ADDRESSES "8600 020000000005 020000000006 0009" LLC "'x' 00 020000000007 020000000008 0009" LLC "'y'", "wlan.ra",
      "wlan.ra=02:00:00:00:00:01 wlan.ra_resolved=02:00:00:00:00:01 wlan.addr=02:00:00:00:00:01 "
      "wlan.addr_resolved=02:00:00:00:00:01 wlan.ta=02:00:00:00:00:02 wlan.ta_resolved=02:00:00:00:00:02 "
      "wlan.addr=02:00:00:00:00:02 wlan.addr_resolved=02:00:00:00:00:02 wlan.sa=02:00:00:00:00:02 "
      "wlan.sa_resolved=02:00:00:00:00:02 wlan.bssid=02:00:00:00:00:01 wlan.bssid_resolved=02:00:00:00:00:01 "
      "wlan.staa=02:00:00:00:00:02 wlan.staa_resolved=02:00:00:00:00:02 wlan.frag=0 wlan.seq=33 wlan.addr=02:00:00:00:00:03 "
      "wlan.addr_resolved=02:00:00:00:00:03 wlan.qos=0x0086 wlan.qos.tid=6 wlan.qos.priority=6 wlan.qos.bit4=0 "
      "wlan.qos.ack=0x0000 wlan.qos.amsdupresent=1 wlan.qos.txop_dur_req=0 wlan.da=02:00:00:00:00:05 "
      "wlan.da_resolved=02:00:00:00:00:05 wlan.sa=02:00:00:00:00:06 wlan.sa_resolved=02:00:00:00:00:06 | llc llc.dsap=0xaa "
      "llc.dsap.sap=0x55 llc.dsap.ig=0 llc.ssap=0xaa llc.ssap.sap=0x55 llc.ssap.cr=0 llc.control=0x0003 "
      "llc.control.u_modifier_cmd=0x00 llc.control.ftype=0x03 llc.oui=0 llc.type=0x88b5 | data data.data=78 data.len=1 "
      "wlan.da=02:00:00:00:00:07 wlan.da_resolved=02:00:00:00:00:07 wlan.sa=02:00:00:00:00:08 "
      "wlan.sa_resolved=02:00:00:00:00:08 | llc llc.dsap=0xaa llc.dsap.sap=0x55 llc.dsap.ig=0 llc.ssap=0xaa llc.ssap.sap=0x55 "
      "llc.ssap.cr=0 llc.control=0x0003 llc.control.u_modifier_cmd=0x00 llc.control.ftype=0x03 llc.oui=0 llc.type=0x88b5 | "
      "data data.data=79 data.len=1" },
    { "aggregate shorter than it says", LINKTYPE_IEEE802_11, "8801 2c00 " ADDRESSES "8600 020000000005 020000000006 0010" LLC "'x'",
      "wlan.qos.txop",
      "wlan.qos.txop_dur_req=0 wlan.da=02:00:00:00:00:05 wlan.da_resolved=02:00:00:00:00:05 wlan.sa=02:00:00:00:00:06 "
      "wlan.sa_resolved=02:00:00:00:00:06 | llc llc.dsap=0xaa llc.dsap.sap=0x55 llc.dsap.ig=0 llc.ssap=0xaa llc.ssap.sap=0x55 "
      "llc.ssap.cr=0 llc.control=0x0003 llc.control.u_modifier_cmd=0x00 llc.control.ftype=0x03 llc.oui=0 llc.type=0x88b5 | "
      "data data.data=78 data.len=1 !malformed" },
    { "fragment", LINKTYPE_IEEE802_11, "0805 2c00 " ADDRESSES LLC "'x'", "wlan.frag",
      "wlan.frag=0 wlan.seq=33 wlan.addr=02:00:00:00:00:03 wlan.addr_resolved=02:00:00:00:00:03 | data "
      "data.data=aa:aa:03:00:00:00:88:b5:78 data.len=9" },
    { "WEP", LINKTYPE_IEEE802_11, "0841 2c00 " ADDRESSES "834b7f 40 'secret' 01020304", "wlan.frag",
      "wlan.frag=0 wlan.seq=33 wlan.addr=02:00:00:00:00:03 wlan.addr_resolved=02:00:00:00:00:03 (WEP parameters) "
      "wlan.wep.iv=0x834b7f wlan.wep.key=1 wlan.wep.icv=0x01020304 | data data.data=73:65:63:72:65:74 data.len=6" },
    { "TKIP", LINKTYPE_IEEE802_11, "0841 2c00 " ADDRESSES "022201 20 03040506 'secret'", "wlan.frag",
      "wlan.frag=0 wlan.seq=33 wlan.addr=02:00:00:00:00:03 wlan.addr_resolved=02:00:00:00:00:03 (TKIP parameters) "
      "wlan.tkip.extiv=0x060504030201 wlan.wep.key=0 | data data.data=73:65:63:72:65:74 data.len=6" },
    { "CCMP", LINKTYPE_IEEE802_11, "0841 2c00 " ADDRESSES "020100 60 03040506 'secret'", "wlan.frag",
      "wlan.frag=0 wlan.seq=33 wlan.addr=02:00:00:00:00:03 wlan.addr_resolved=02:00:00:00:00:03 (CCMP parameters) "
      "wlan.ccmp.extiv=0x060504030102 wlan.wep.key=1 | data data.data=73:65:63:72:65:74 data.len=6" },
    { "cut in the cipher's header", LINKTYPE_IEEE802_11, "0841 2c00 " ADDRESSES "020100 60 03", "wlan.frag",
      "wlan.frag=0 wlan.seq=33 wlan.addr=02:00:00:00:00:03 wlan.addr_resolved=02:00:00:00:00:03 !malformed" },
    { "acknowledgement", LINKTYPE_IEEE802_11, "d400 0000 020000000001", "wlan.ra",
      "wlan.ra=02:00:00:00:00:01 wlan.ra_resolved=02:00:00:00:00:01 wlan.addr=02:00:00:00:00:01 "
      "wlan.addr_resolved=02:00:00:00:00:01" },
    { "power save poll", LINKTYPE_IEEE802_11, "a400 01c0 020000000001 020000000002", "wlan.aid",
      "wlan.aid=1 wlan.ra=02:00:00:00:00:01 wlan.ra_resolved=02:00:00:00:00:01 wlan.addr=02:00:00:00:00:01 "
      "wlan.addr_resolved=02:00:00:00:00:01 wlan.bssid=02:00:00:00:00:01 wlan.bssid_resolved=02:00:00:00:00:01 "
      "wlan.ta=02:00:00:00:00:02 wlan.ta_resolved=02:00:00:00:00:02 wlan.addr=02:00:00:00:00:02 "
      "wlan.addr_resolved=02:00:00:00:00:02" },
    { "beacon", LINKTYPE_IEEE802_11, "8000 0000 " ADDRESSES "0000000000000000 2c01 0100", "wlan.ra",
      "wlan.ra=02:00:00:00:00:01 wlan.ra_resolved=02:00:00:00:00:01 wlan.da=02:00:00:00:00:01 "
      "wlan.da_resolved=02:00:00:00:00:01 wlan.addr=02:00:00:00:00:01 wlan.addr_resolved=02:00:00:00:00:01 "
      "wlan.ta=02:00:00:00:00:02 wlan.ta_resolved=02:00:00:00:00:02 wlan.sa=02:00:00:00:00:02 "
      "wlan.sa_resolved=02:00:00:00:00:02 wlan.addr=02:00:00:00:00:02 wlan.addr_resolved=02:00:00:00:00:02 "
      "wlan.bssid=02:00:00:00:00:03 wlan.bssid_resolved=02:00:00:00:00:03 wlan.addr=02:00:00:00:00:03 "
      "wlan.addr_resolved=02:00:00:00:00:03 wlan.frag=0 wlan.seq=33" },
    { "no such version", LINKTYPE_IEEE802_11, "0a00 0000 " ADDRESSES, "wlan ",
      "wlan | data data.data=0a:00:00:00:02:00:00:00:00:01:02:00:00:00:00:02:02:00:00:00:00:03:10:02 data.len=24" },
    { "cut in the addresses", LINKTYPE_IEEE802_11, "0801 2c00 020000000001 0200", "wlan.duration",
      "wlan.duration=44 !malformed" },
    { "cut in the first field", LINKTYPE_IEEE802_11, "08", "wlan ",
      "wlan !malformed" },
    { "checksum and padding", LINKTYPE_RADIOTAP, "0000 0900 02000000 30 8801 2c00 " ADDRESSES "0600 0000" LLC "'x' 01020304",
      "radiotap.flags=",
      "radiotap.flags=0x30 radiotap.flags.cfp=0 radiotap.flags.preamble=0 radiotap.flags.wep=0 radiotap.flags.frag=0 "
      "radiotap.flags.fcs=1 radiotap.flags.datapad=1 radiotap.flags.badfcs=0 radiotap.flags.shortgi=0 | wlan "
      "wlan.fc.type_subtype=0x0028 wlan.fc=0x8801 wlan.fc.version=0 wlan.fc.type=2 wlan.fc.subtype=8 wlan.flags=0x01 "
      "wlan.fc.ds=0x01 wlan.fc.tods=1 wlan.fc.fromds=0 wlan.fc.frag=0 wlan.fc.retry=0 wlan.fc.pwrmgt=0 wlan.fc.moredata=0 "
      "wlan.fc.protected=0 wlan.fc.order=0 wlan.duration=44 wlan.ra=02:00:00:00:00:01 wlan.ra_resolved=02:00:00:00:00:01 "
      "wlan.addr=02:00:00:00:00:01 wlan.addr_resolved=02:00:00:00:00:01 wlan.ta=02:00:00:00:00:02 "
      "wlan.ta_resolved=02:00:00:00:00:02 wlan.addr=02:00:00:00:00:02 wlan.addr_resolved=02:00:00:00:00:02 "
      "wlan.da=02:00:00:00:00:03 wlan.da_resolved=02:00:00:00:00:03 wlan.sa=02:00:00:00:00:02 "
      "wlan.sa_resolved=02:00:00:00:00:02 wlan.bssid=02:00:00:00:00:01 wlan.bssid_resolved=02:00:00:00:00:01 "
      "wlan.staa=02:00:00:00:00:02 wlan.staa_resolved=02:00:00:00:00:02 wlan.frag=0 wlan.seq=33 wlan.addr=02:00:00:00:00:03 "
      "wlan.addr_resolved=02:00:00:00:00:03 wlan.fcs=0x04030201 wlan.fcs.status=2 wlan.qos=0x0006 wlan.qos.tid=6 "
      "wlan.qos.priority=6 wlan.qos.bit4=0 wlan.qos.ack=0x0000 wlan.qos.amsdupresent=0 wlan.qos.txop_dur_req=0 | llc "
      "llc.dsap=0xaa llc.dsap.sap=0x55 llc.dsap.ig=0 llc.ssap=0xaa llc.ssap.sap=0x55 llc.ssap.cr=0 llc.control=0x0003 "
      "llc.control.u_modifier_cmd=0x00 llc.control.ftype=0x03 llc.oui=0 llc.type=0x88b5 | data data.data=78 data.len=1" },
    { "time before flags, two words", LINKTYPE_RADIOTAP, "0000 1900 03000080 00000000 00000000 0100000000000000 00 d400 0000 020000000001",
      "radiotap.mactime",
      "radiotap.mactime=1 radiotap.flags=0x00 radiotap.flags.cfp=0 radiotap.flags.preamble=0 radiotap.flags.wep=0 "
      "radiotap.flags.frag=0 radiotap.flags.fcs=0 radiotap.flags.datapad=0 radiotap.flags.badfcs=0 radiotap.flags.shortgi=0 | "
      "wlan wlan.fc.type_subtype=0x001d wlan.fc=0xd400 wlan.fc.version=0 wlan.fc.type=1 wlan.fc.subtype=13 wlan.flags=0x00 "
      "wlan.fc.ds=0x00 wlan.fc.tods=0 wlan.fc.fromds=0 wlan.fc.frag=0 wlan.fc.retry=0 wlan.fc.pwrmgt=0 wlan.fc.moredata=0 "
      "wlan.fc.protected=0 wlan.fc.order=0 wlan.duration=0 wlan.ra=02:00:00:00:00:01 wlan.ra_resolved=02:00:00:00:00:01 "
      "wlan.addr=02:00:00:00:00:01 wlan.addr_resolved=02:00:00:00:00:01" },
    { "header shorter than its fixed part", LINKTYPE_RADIOTAP, "0000 0700 00000000", "radiotap ",
      "radiotap radiotap.version=0 radiotap.pad=0 radiotap.length=7 !radiotap.length.invalid" },
    { "words without end", LINKTYPE_RADIOTAP, "0000 0c00 000000a0 000000a0 d400 0000 020000000001", "radiotap.present.tlv",
      "radiotap.present.tlv=0 radiotap.present.rtap_ns=1 radiotap.present.vendor_ns=0 radiotap.present.ext=1 "
      "radiotap.present.word=0xa0000000 radiotap.present.tsft=0 radiotap.present.flags=0 radiotap.present.rate=0 "
      "radiotap.present.channel=0 radiotap.present.fhss=0 radiotap.present.dbm_antsignal=0 radiotap.present.dbm_antnoise=0 "
      "radiotap.present.lock_quality=0 radiotap.present.tx_attenuation=0 radiotap.present.db_tx_attenuation=0 "
      "radiotap.present.dbm_tx_power=0 radiotap.present.antenna=0 radiotap.present.db_antsignal=0 "
      "radiotap.present.db_antnoise=0 radiotap.present.rxflags=0 radiotap.present.txflags=0 radiotap.present.data_retries=0 "
      "radiotap.present.xchannel=0 radiotap.present.mcs=0 radiotap.present.ampdu=0 radiotap.present.vht=0 "
      "radiotap.present.timestamp=0 radiotap.present.he=0 radiotap.present.he_mu=0 radiotap.present.0_length.psdu=0 "
      "radiotap.present.l_sig=0 radiotap.present.tlv=0 radiotap.present.rtap_ns=1 radiotap.present.vendor_ns=0 "
      "radiotap.present.ext=1 !malformed" },
    { "PKTAP", LINKTYPE_PKTAP,
      "6c000000 01000000 01000000 'en0' 00*21 02000000 02000000 0e000000 00000000 00020000 'ping' 00*16 00000000 0100 0000 "
      "ffffffff 00*20 020000000001 020000000002 88b5 'x'", "pktap ",
      "pktap pktap.hdrlen=108 pktap.rectype=1 pktap.dlt=1 pktap.ifname=en0 pktap.flags=0x00000002 pktap.pfamily=2 "
      "pktap.llhdrlen=14 pktap.lltrlrlen=0 pktap.pid=512 pktap.cmdname=ping pktap.svc_class=0 pktap.iftype=1 pktap.ifunit=0 "
      "pktap.epid=4294967295 pktap.ecmdname= | eth eth.dst=02:00:00:00:00:01 eth.dst_resolved=02:00:00:00:00:01 "
      "eth.dst.oui=131072 eth.addr=02:00:00:00:00:01 eth.addr_resolved=02:00:00:00:00:01 eth.addr.oui=131072 eth.dst.lg=1 "
      "eth.dst.ig=0 eth.src=02:00:00:00:00:02 eth.src_resolved=02:00:00:00:00:02 eth.src.oui=131072 "
      "eth.addr=02:00:00:00:00:02 eth.addr_resolved=02:00:00:00:00:02 eth.addr.oui=131072 eth.src.lg=1 eth.src.ig=0 "
      "eth.type=0x88b5 | data data.data=78 data.len=1" },
    { "PKTAP of another record", LINKTYPE_PKTAP, "6c000000 02000000 01000000 00*96 'x'", "pktap.ecmdname",
      "pktap.ecmdname=" },
    { "PKTAP too short", LINKTYPE_PKTAP, "6b000000 00*103", "pktap ",
      "pktap pktap.hdrlen=107 !pktap.hdrlen_too_short" },
};

static void test_nodes_of_wireless(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *all = test_dissect_frames(cases[i].link_type, (const char *const[]){ cases[i].frame, NULL });
        const char *got = strstr(all, cases[i].from);
        TEST_TEXT(cases[i].name, got ? got : all, cases[i].nodes);
    }
}

static void test_columns_of_wireless(void)
{
    g_autofree char *got = test_column_frames(
        LINKTYPE_RADIOTAP, (const char *const[]){ RADIOTAP "d400 0000 020000000001", RADIOTAP "b400 0000 020000000001 020000000002",
                                                  RADIOTAP "4801 0000 " ADDRESSES, RADIOTAP "0805 0000 " ADDRESSES "'x'", NULL });
    TEST_TEXT("columns", got,
              " → 02:00:00:00:00:01 (02:00:00:00:00:01) (RA) 802.11 Acknowledgement, Flags=........\n"
              "02:00:00:00:00:02 (02:00:00:00:00:02) (TA) → 02:00:00:00:00:01 (02:00:00:00:00:01) (RA) 802.11 Request-to-send, Flags=........\n"
              "02:00:00:00:00:02 → 02:00:00:00:00:03 802.11 Null function (No data), SN=33, FN=0, Flags=.......T\n"
              "02:00:00:00:00:02 → 02:00:00:00:00:03 802.11 Fragmented IEEE 802.11 frame");
}

const TestSuite test_wireless_suite = {
    .name = "wireless",
    TEST_CASES({ "nodes", test_nodes_of_wireless }, { "columns", test_columns_of_wireless }),
};
