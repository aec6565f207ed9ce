/* What a field is: a row of a protocol's constant table. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Kind of value, and its width and byte order on the wire (big endian unless _LE). */
typedef enum FmType {
    FM_NONE,     /* a label over a subtree */
    FM_PROTOCOL, /* row 0 of every protocol */
    FM_EXPERT,   /* a note that has a name; see severity and group */
    FM_BOOL8, FM_BOOL16, FM_BOOL24, FM_BOOL32, FM_BOOL64, /* a bit of a word of that width */
    FM_BOOL16_LE, FM_BOOL32_LE,
    FM_CHAR,
    FM_UINT8, FM_UINT16, FM_UINT24, FM_UINT32, FM_UINT40, FM_UINT48, FM_UINT56, FM_UINT64,
    FM_UINT16_LE, FM_UINT24_LE, FM_UINT32_LE, FM_UINT64_LE,
    FM_INT8, FM_INT16, FM_INT24, FM_INT32, FM_INT64,
    FM_INT16_LE, FM_INT32_LE, FM_INT64_LE,
    FM_FLOAT, FM_DOUBLE,
    FM_IPV4,     /* value: host order */
    FM_IPV6,     /* 16 bytes */
    FM_ETHER,    /* value: 48 bits */
    FM_EUI64,
    FM_ABSOLUTE_TIME, /* value: FmTime; never read by fm_add, see fm_add_value and fm_make */
    FM_RELATIVE_TIME,
    FM_STRING,   /* bytes on the wire, or decoded text */
    FM_STRINGZ,  /* the same; ends at a NUL on the wire */
    FM_STRINGZPAD,
    FM_UINT_STRING,
    FM_BYTES,
    FM_UINT_BYTES,
    FM_GUID,
    FM_OID,
    FM_REL_OID,
    FM_FRAMENUM,
    FM_TYPES
} FmType;

typedef enum FmBase {
    FM_BASE_NONE,
    FM_DEC, FM_HEX, FM_OCT, FM_DEC_HEX, FM_HEX_DEC,
    FM_CUSTOM, /* field->format writes the text shown in labels */
    FM_PORT_TCP, FM_PORT_UDP, FM_PORT_SCTP, FM_PORT_DCCP, FM_OUI,
    FM_LOCAL, FM_UTC, FM_DOY_UTC, FM_NTP_UTC,
    FM_UTC_SECONDS, /* of a time whose value is whole seconds since 1970: for years that nanoseconds do not reach */
    FM_DOT, FM_DASH, FM_COLON, FM_SPACE, /* separators of bytes */
    FM_NETMASK,
} FmBase;

typedef struct FmName { /* value → text; a table ends with .text = NULL */
    uint64_t value, last; /* last: 0, or the end of a range that starts with value */
    const char *text;
} FmName;

typedef enum FmSeverity { /* tshark's numbers, as _ws.expert.severity shows them */
    FM_COMMENT = 0x00100000, FM_CHAT = 0x00200000, FM_NOTE = 0x00400000, FM_WARN = 0x00600000, FM_ERROR = 0x00800000,
} FmSeverity;

typedef enum FmGroup {
    FM_GROUP_CHECKSUM = 0x01000000, FM_GROUP_SEQUENCE = 0x02000000, FM_GROUP_RESPONSE = 0x03000000, FM_GROUP_REQUEST = 0x04000000,
    FM_GROUP_UNDECODED = 0x05000000, FM_GROUP_REASSEMBLE = 0x06000000, FM_GROUP_MALFORMED = 0x07000000, FM_GROUP_DEBUG = 0x08000000,
    FM_GROUP_PROTOCOL = 0x09000000, FM_GROUP_SECURITY = 0x0a000000, FM_GROUP_COMMENTS = 0x0b000000, FM_GROUP_DECRYPTION = 0x0c000000,
    FM_GROUP_ASSUMPTION = 0x0d000000, FM_GROUP_DEPRECATED = 0x0e000000, FM_GROUP_RECEIVE = 0x0f000000, FM_GROUP_INTERFACE = 0x10000000,
} FmGroup;

struct FmText;

typedef struct FmField {
    const char *abbrev;   /* filter name, as in Wireshark: "udp.srcport" */
    const char *name;     /* label: "Source Port" */
    FmType type;          /* width and byte order on the wire */
    FmBase base;          /* how numbers print */
    uint64_t mask;        /* bits of the read value; 0: all. The value is shifted down. */
    const FmName *names;  /* value → text */
    const char *also;     /* second name matched by filters: "udp.port" */
    const char *unit;     /* printed behind the number in labels: " bytes" */
    const char *yes, *no; /* texts of a boolean; NULL: True, False. Of bytes, `no`: what no bytes at all print as */
    void (*format)(struct FmText *out, uint64_t value); /* with base FM_CUSTOM: what labels show */
    void (*line)(struct FmText *out, uint64_t value); /* writes the whole line of details, where name and value alone do not do */
    FmSeverity severity;  /* FM_EXPERT */
    FmGroup group;
    bool hidden;          /* found by filters and field lists, not shown in details */
    bool generated;       /* always computed: shown in [brackets] */
    uint8_t bits;         /* width of the shown bit pattern where it is not that of the type */
} FmField;

/* Bytes on the wire of a type that has a fixed width; 0 for the others. A constant where the type is one. */
static inline unsigned fm_type_width(FmType type)
{
    switch (type) {
    case FM_BOOL8: case FM_UINT8: case FM_INT8: case FM_CHAR: return 1;
    case FM_BOOL16: case FM_UINT16: case FM_INT16: case FM_BOOL16_LE: case FM_UINT16_LE: case FM_INT16_LE: return 2;
    case FM_BOOL24: case FM_UINT24: case FM_UINT24_LE: case FM_INT24: return 3;
    case FM_BOOL32: case FM_UINT32: case FM_INT32: case FM_BOOL32_LE: case FM_UINT32_LE: case FM_INT32_LE:
    case FM_FLOAT: case FM_IPV4: case FM_FRAMENUM: return 4;
    case FM_UINT40: return 5;
    case FM_UINT48: case FM_ETHER: return 6;
    case FM_UINT56: return 7;
    case FM_BOOL64: case FM_UINT64: case FM_INT64: case FM_UINT64_LE: case FM_INT64_LE: case FM_DOUBLE: case FM_EUI64: return 8;
    case FM_IPV6: case FM_GUID: return 16;
    default: return 0;
    }
}

static inline bool fm_type_little_endian(FmType type)
{
    switch (type) {
    case FM_BOOL16_LE: case FM_BOOL32_LE: case FM_UINT16_LE: case FM_UINT24_LE: case FM_UINT32_LE: case FM_UINT64_LE:
    case FM_INT16_LE: case FM_INT32_LE: case FM_INT64_LE: return true;
    default: return false;
    }
}

static inline bool fm_type_is_bool(FmType type)
{
    return (type >= FM_BOOL8 && type <= FM_BOOL32_LE);
}

static inline bool fm_type_is_signed(FmType type)
{
    return type >= FM_INT8 && type <= FM_INT64_LE;
}

static inline bool fm_type_is_unsigned(FmType type)
{
    return (type >= FM_CHAR && type <= FM_UINT64_LE) || type == FM_FRAMENUM;
}

/* The value stands in the bytes of the buffer (or in an FmBlob), not in the node's number. */
static inline bool fm_type_is_bytes(FmType type)
{
    switch (type) {
    case FM_STRING: case FM_STRINGZ: case FM_STRINGZPAD: case FM_UINT_STRING: case FM_BYTES: case FM_UINT_BYTES: case FM_GUID:
    case FM_OID: case FM_REL_OID: case FM_IPV6: return true;
    default: return false;
    }
}

static inline bool fm_type_is_string(FmType type)
{
    return type == FM_STRING || type == FM_STRINGZ || type == FM_STRINGZPAD || type == FM_UINT_STRING;
}

/* Text for `value`, or NULL. */
const char *fm_name(const FmName *names, uint64_t value);
