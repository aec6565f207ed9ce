/* Radiotap: what the radio tells about an IEEE 802.11 frame, in front of it (LINKTYPE_IEEE802_11_RADIOTAP). */
#include "config.h"

#include "dissectors/network/protocols.h"
#include "engine/dissect.h"

enum {
    RADIOTAP,
    RADIOTAP_VERSION,
    RADIOTAP_PAD,
    RADIOTAP_LENGTH,
    RADIOTAP_LENGTH_INVALID,
    RADIOTAP_PRESENT,
    RADIOTAP_PRESENT_WORD,
    RADIOTAP_PRESENT_TSFT,
    RADIOTAP_PRESENT_FLAGS,
    RADIOTAP_PRESENT_RATE,
    RADIOTAP_PRESENT_CHANNEL,
    RADIOTAP_PRESENT_FHSS,
    RADIOTAP_PRESENT_DBM_ANTSIGNAL,
    RADIOTAP_PRESENT_DBM_ANTNOISE,
    RADIOTAP_PRESENT_LOCK_QUALITY,
    RADIOTAP_PRESENT_TX_ATTENUATION,
    RADIOTAP_PRESENT_DB_TX_ATTENUATION,
    RADIOTAP_PRESENT_DBM_TX_POWER,
    RADIOTAP_PRESENT_ANTENNA,
    RADIOTAP_PRESENT_DB_ANTSIGNAL,
    RADIOTAP_PRESENT_DB_ANTNOISE,
    RADIOTAP_PRESENT_RXFLAGS,
    RADIOTAP_PRESENT_TXFLAGS,
    RADIOTAP_PRESENT_DATA_RETRIES,
    RADIOTAP_PRESENT_XCHANNEL,
    RADIOTAP_PRESENT_MCS,
    RADIOTAP_PRESENT_AMPDU,
    RADIOTAP_PRESENT_VHT,
    RADIOTAP_PRESENT_TIMESTAMP,
    RADIOTAP_PRESENT_HE,
    RADIOTAP_PRESENT_HE_MU,
    RADIOTAP_PRESENT_0_LENGTH_PSDU,
    RADIOTAP_PRESENT_L_SIG,
    RADIOTAP_PRESENT_TLV,
    RADIOTAP_PRESENT_RTAP_NS,
    RADIOTAP_PRESENT_VENDOR_NS,
    RADIOTAP_PRESENT_EXT,
    RADIOTAP_MACTIME,
    RADIOTAP_FLAGS,
    RADIOTAP_FLAGS_CFP,
    RADIOTAP_FLAGS_PREAMBLE,
    RADIOTAP_FLAGS_WEP,
    RADIOTAP_FLAGS_FRAG,
    RADIOTAP_FLAGS_FCS,
    RADIOTAP_FLAGS_DATAPAD,
    RADIOTAP_FLAGS_BADFCS,
    RADIOTAP_FLAGS_SHORTGI,
};

#define PRESENT(abbreviation, label, bit) \
    { "radiotap.present." abbreviation, label, FM_BOOL32_LE, .mask = UINT32_C(1) << (bit), .yes = "Present", .no = "Absent" }

static const FmField fields[] = {
    [RADIOTAP] = { "radiotap", "IEEE 802.11 Radiotap Capture header", FM_PROTOCOL },
    [RADIOTAP_VERSION] = { "radiotap.version", "Header revision", FM_UINT8, FM_DEC },
    [RADIOTAP_PAD] = { "radiotap.pad", "Header pad", FM_UINT8, FM_DEC },
    [RADIOTAP_LENGTH] = { "radiotap.length", "Header length", FM_UINT16_LE, FM_DEC },
    [RADIOTAP_LENGTH_INVALID] = { "radiotap.length.invalid", "The radiotap header length is less than 8 bytes", FM_EXPERT,
                                  .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
    [RADIOTAP_PRESENT] = { "radiotap.present", "Present flags", FM_NONE },
    [RADIOTAP_PRESENT_WORD] = { "radiotap.present.word", "Present flags word", FM_UINT32_LE, FM_HEX },
    [RADIOTAP_PRESENT_TSFT] = PRESENT("tsft", "TSFT", 0),
    [RADIOTAP_PRESENT_FLAGS] = PRESENT("flags", "Flags", 1),
    [RADIOTAP_PRESENT_RATE] = PRESENT("rate", "Rate", 2),
    [RADIOTAP_PRESENT_CHANNEL] = PRESENT("channel", "Channel", 3),
    [RADIOTAP_PRESENT_FHSS] = PRESENT("fhss", "FHSS", 4),
    [RADIOTAP_PRESENT_DBM_ANTSIGNAL] = PRESENT("dbm_antsignal", "dBm Antenna Signal", 5),
    [RADIOTAP_PRESENT_DBM_ANTNOISE] = PRESENT("dbm_antnoise", "dBm Antenna Noise", 6),
    [RADIOTAP_PRESENT_LOCK_QUALITY] = PRESENT("lock_quality", "Lock Quality", 7),
    [RADIOTAP_PRESENT_TX_ATTENUATION] = PRESENT("tx_attenuation", "TX Attenuation", 8),
    [RADIOTAP_PRESENT_DB_TX_ATTENUATION] = PRESENT("db_tx_attenuation", "dB TX Attenuation", 9),
    [RADIOTAP_PRESENT_DBM_TX_POWER] = PRESENT("dbm_tx_power", "dBm TX Power", 10),
    [RADIOTAP_PRESENT_ANTENNA] = PRESENT("antenna", "Antenna", 11),
    [RADIOTAP_PRESENT_DB_ANTSIGNAL] = PRESENT("db_antsignal", "dB Antenna Signal", 12),
    [RADIOTAP_PRESENT_DB_ANTNOISE] = PRESENT("db_antnoise", "dB Antenna Noise", 13),
    [RADIOTAP_PRESENT_RXFLAGS] = PRESENT("rxflags", "RX flags", 14),
    [RADIOTAP_PRESENT_TXFLAGS] = PRESENT("txflags", "TX flags", 15),
    [RADIOTAP_PRESENT_DATA_RETRIES] = PRESENT("data_retries", "data retries", 17),
    [RADIOTAP_PRESENT_XCHANNEL] = PRESENT("xchannel", "Channel+", 18),
    [RADIOTAP_PRESENT_MCS] = PRESENT("mcs", "MCS information", 19),
    [RADIOTAP_PRESENT_AMPDU] = PRESENT("ampdu", "A-MPDU Status", 20),
    [RADIOTAP_PRESENT_VHT] = PRESENT("vht", "VHT information", 21),
    [RADIOTAP_PRESENT_TIMESTAMP] = PRESENT("timestamp", "frame timestamp", 22),
    [RADIOTAP_PRESENT_HE] = PRESENT("he", "HE information", 23),
    [RADIOTAP_PRESENT_HE_MU] = PRESENT("he_mu", "HE-MU information", 24),
    [RADIOTAP_PRESENT_0_LENGTH_PSDU] = PRESENT("0_length.psdu", "0 Length PSDU", 26),
    [RADIOTAP_PRESENT_L_SIG] = PRESENT("l_sig", "L-SIG", 27),
    [RADIOTAP_PRESENT_TLV] = PRESENT("tlv", "TLVs", 28),
    [RADIOTAP_PRESENT_RTAP_NS] = { "radiotap.present.rtap_ns", "Radiotap NS next", FM_BOOL32_LE, .mask = 0x20000000 },
    [RADIOTAP_PRESENT_VENDOR_NS] = { "radiotap.present.vendor_ns", "Vendor NS next", FM_BOOL32_LE, .mask = 0x40000000 },
    [RADIOTAP_PRESENT_EXT] = PRESENT("ext", "Ext", 31),
    [RADIOTAP_MACTIME] = { "radiotap.mactime", "MAC timestamp", FM_UINT64_LE, FM_DEC },
    [RADIOTAP_FLAGS] = { "radiotap.flags", "Flags", FM_UINT8, FM_HEX },
    [RADIOTAP_FLAGS_CFP] = { "radiotap.flags.cfp", "CFP", FM_BOOL8, .mask = 0x01 },
    [RADIOTAP_FLAGS_PREAMBLE] = { "radiotap.flags.preamble", "Preamble", FM_BOOL8, .mask = 0x02, .yes = "Short", .no = "Long" },
    [RADIOTAP_FLAGS_WEP] = { "radiotap.flags.wep", "WEP", FM_BOOL8, .mask = 0x04 },
    [RADIOTAP_FLAGS_FRAG] = { "radiotap.flags.frag", "Fragmentation", FM_BOOL8, .mask = 0x08 },
    [RADIOTAP_FLAGS_FCS] = { "radiotap.flags.fcs", "FCS at end", FM_BOOL8, .mask = FM_RADIO_FCS },
    [RADIOTAP_FLAGS_DATAPAD] = { "radiotap.flags.datapad", "Data Pad", FM_BOOL8, .mask = FM_RADIO_PADDED },
    [RADIOTAP_FLAGS_BADFCS] = { "radiotap.flags.badfcs", "Bad FCS", FM_BOOL8, .mask = 0x40 },
    [RADIOTAP_FLAGS_SHORTGI] = { "radiotap.flags.shortgi", "Short GI", FM_BOOL8, .mask = 0x80 },
};

enum { FIXED_SIZE = 8, TSFT = 1, FLAGS = 2 };
#define EXT UINT64_C(0x80000000)

/* Words that tell which values follow; returns the first. */
static uint64_t add_present(FmDissection *d, FmCursor *c)
{
    FmSubtree present = fm_open(d, RADIOTAP_PRESENT, c);
    uint64_t first = 0, word = EXT;
    for (unsigned i = 0; word & EXT && fm_ok(d); i++) {
        word = fm_add_flags(d, RADIOTAP_PRESENT_WORD, RADIOTAP_PRESENT_TSFT, RADIOTAP_PRESENT_EXT, c);
        if (i == 0)
            first = word;
    }
    fm_close(d, present, c);
    return first;
}

/* The values of the first two bits: time and flags. The rest is skipped by the header's length. */
static void add_values(FmDissection *d, FmCursor *c, uint64_t present, const FmCursor *header)
{
    if (present & TSFT) {
        fm_skip(c, (8 - (size_t)(c->at - header->at) % 8) % 8);
        fm_add(d, RADIOTAP_MACTIME, c);
    }
    if (present & FLAGS)
        d->radio_flags = (uint8_t)fm_add_flags(d, RADIOTAP_FLAGS, RADIOTAP_FLAGS_CFP, RADIOTAP_FLAGS_SHORTGI, c);
}

static void radiotap_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor header = *c;
    uint64_t version = fm_add(d, RADIOTAP_VERSION, c);
    fm_add(d, RADIOTAP_PAD, c);
    uint64_t length = fm_add(d, RADIOTAP_LENGTH, c);
    if (!fm_ok(d))
        return;
    fm_title(d, "Radiotap Header v%u, Length %u", (unsigned)version, (unsigned)length);
    if (length < FIXED_SIZE) {
        fm_expert(d, RADIOTAP_LENGTH_INVALID);
        return;
    }
    fm_length(d, length);
    FmCursor values = fm_take(c, length - 4);
    d->radio_flags = 0;
    uint64_t present = add_present(d, &values);
    add_values(d, &values, present, &header);
    if (!fm_ok(d))
        return;
    fm_layer_name(d, "wlan_radio");
    fm_call(d, &fm_wlan, c);
}

const FmProtocol fm_radiotap = {
    .abbrev = "radiotap",
    .name = "802.11 Radiotap",
    .title = "IEEE 802.11 Radiotap Capture header",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_LINK_TYPE, 127 }),
    .dissect = radiotap_dissect,
};
