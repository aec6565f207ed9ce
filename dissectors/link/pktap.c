/* Apple's PKTAP: which interface and process a packet belongs to, in front of it. */
#include "config.h"

#include "dissectors/link/ethertype.h"

enum {
    PKTAP,
    PKTAP_HDRLEN,
    PKTAP_RECTYPE,
    PKTAP_DLT,
    PKTAP_IFNAME,
    PKTAP_FLAGS,
    PKTAP_PFAMILY,
    PKTAP_LLHDRLEN,
    PKTAP_LLTRLRLEN,
    PKTAP_PID,
    PKTAP_CMDNAME,
    PKTAP_SVC_CLASS,
    PKTAP_IFTYPE,
    PKTAP_IFUNIT,
    PKTAP_EPID,
    PKTAP_ECMDNAME,
    PKTAP_HDRLEN_TOO_SHORT,
};

static const FmField fields[] = {
    [PKTAP] = { "pktap", "PKTAP packet header", FM_PROTOCOL },
    [PKTAP_HDRLEN] = { "pktap.hdrlen", "Header length", FM_UINT32_LE, FM_DEC },
    [PKTAP_RECTYPE] = { "pktap.rectype", "Record type", FM_UINT32_LE, FM_DEC },
    [PKTAP_DLT] = { "pktap.dlt", "DLT", FM_UINT32_LE, FM_DEC },
    [PKTAP_IFNAME] = { "pktap.ifname", "Interface name", FM_STRINGZ },
    [PKTAP_FLAGS] = { "pktap.flags", "Flags", FM_UINT32_LE, FM_HEX },
    [PKTAP_PFAMILY] = { "pktap.pfamily", "Protocol family", FM_UINT32_LE, FM_DEC },
    [PKTAP_LLHDRLEN] = { "pktap.llhdrlen", "Link-layer header length", FM_UINT32_LE, FM_DEC },
    [PKTAP_LLTRLRLEN] = { "pktap.lltrlrlen", "Link-layer trailer length", FM_UINT32_LE, FM_DEC },
    [PKTAP_PID] = { "pktap.pid", "Process ID", FM_UINT32_LE, FM_DEC },
    [PKTAP_CMDNAME] = { "pktap.cmdname", "Command name", FM_STRINGZ },
    [PKTAP_SVC_CLASS] = { "pktap.svc_class", "Service class", FM_UINT32_LE, FM_DEC },
    [PKTAP_IFTYPE] = { "pktap.iftype", "Interface type", FM_UINT16_LE, FM_DEC },
    [PKTAP_IFUNIT] = { "pktap.ifunit", "Interface unit", FM_UINT16_LE, FM_DEC },
    [PKTAP_EPID] = { "pktap.epid", "Effective process ID", FM_UINT32_LE, FM_DEC },
    [PKTAP_ECMDNAME] = { "pktap.ecmdname", "Effective command name", FM_STRINGZ },
    [PKTAP_HDRLEN_TOO_SHORT] = { "pktap.hdrlen_too_short", "Header length is too short", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
};

enum { HEADER_SIZE = 108, INTERFACE_SIZE = 24, COMMAND_SIZE = 20, RECORD_PACKET = 1 };

static void pktap_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor header = *c;
    fm_info_clear(d);
    uint64_t size = fm_add(d, PKTAP_HDRLEN, c);
    if (fm_ok(d) && size < HEADER_SIZE) {
        fm_expert(d, PKTAP_HDRLEN_TOO_SHORT);
        return;
    }
    uint64_t record = fm_add(d, PKTAP_RECTYPE, c), link_type = fm_add(d, PKTAP_DLT, c);
    FmCursor text = fm_take(c, INTERFACE_SIZE);
    fm_add_stringz(d, PKTAP_IFNAME, &text);
    fm_add(d, PKTAP_FLAGS, c);
    fm_add(d, PKTAP_PFAMILY, c);
    fm_add(d, PKTAP_LLHDRLEN, c);
    fm_add(d, PKTAP_LLTRLRLEN, c);
    fm_add(d, PKTAP_PID, c);
    text = fm_take(c, COMMAND_SIZE);
    fm_add_stringz(d, PKTAP_CMDNAME, &text);
    fm_add(d, PKTAP_SVC_CLASS, c);
    fm_add(d, PKTAP_IFTYPE, c);
    fm_add(d, PKTAP_IFUNIT, c);
    fm_add(d, PKTAP_EPID, c);
    text = fm_take(c, COMMAND_SIZE);
    fm_add_stringz(d, PKTAP_ECMDNAME, &text);
    if (!fm_ok(d))
        return;
    fm_length(d, size);
    FmCursor payload = header;
    fm_skip(&payload, size);
    if (record != RECORD_PACKET)
        return;
    fm_layer_name(d, "pcap_pktdata");
    fm_next(d, FM_LINK_TYPE, link_type, &payload);
}

const FmProtocol fm_pktap = {
    .abbrev = "pktap",
    .name = "PKTAP",
    .title = "PKTAP packet header",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_LINK_TYPE, 258 }),
    .dissect = pktap_dissect,
};
